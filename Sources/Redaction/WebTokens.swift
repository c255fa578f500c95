/// JSON Web Tokens (RFC 7519 in the compact form of RFC 7515): three parts in base64url, the first of them an object.
enum WebTokens {
    private static let opening = Array("eyJ".utf8)
    private static let byteLimit = 8_192

    /// The token that begins at `index`, where a word begins.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        guard text.has(opening, at: index) else { return nil }
        let header = text.end(of: index, limit: 1_024, ByteKind.isBase64URL)
        guard header - index >= 12, text.byte(header) == UInt8(ascii: ".") else { return nil }
        let payload = text.end(of: header + 1, limit: byteLimit, ByteKind.isBase64URL)
        guard payload - header > 8, payload == text.count || text.byte(payload) == UInt8(ascii: ".") else { return nil }
        // Unsigned ones end with the dot, and one in five parts is encrypted (RFC 7516).
        var end = payload
        for _ in 0..<3 where text.byte(end) == UInt8(ascii: ".") {
            end = text.end(of: end + 1, limit: byteLimit, ByteKind.isBase64URL)
        }
        // The dot of a sentence.
        if text.byte(end - 1) == UInt8(ascii: "."), end - 1 > payload { end -= 1 }
        return Finding(index..<end, .webToken)
    }
}
