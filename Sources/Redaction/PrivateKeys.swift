/// Private keys in PEM armor (RFC 7468, and the older headers of RFC 1421), also with the line breaks of a JSON string and
/// with one of the two marks cut off.
enum PrivateKeys {
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)
    private static let name = Array("PRIVATE KEY".utf8)
    private static let byteLimit = 64 * 1024
    /// Fewer characters of base64 are an example, or the mark in a program that reads keys.
    private static let leastBody = 40

    /// The key whose first mark begins at `index`, or what is left of one whose last mark does.
    ///
    /// - Complexity: O(*n*) over all calls on one text: the body ends at the next dashes.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        if text.has(begin, at: index), let body = endOfMark(text, index + begin.count) {
            let last = text.end(of: body, limit: byteLimit, isBody)
            guard base64Count(text, body..<last) >= leastBody else { return nil }
            guard text.has(end, at: last), let closed = endOfMark(text, last + end.count) else {
                return Finding(index..<last, .privateKey)
            }
            return Finding(index..<closed, .privateKey)
        }
        guard text.has(end, at: index), let closed = endOfMark(text, index + end.count) else { return nil }
        let first = startOfLines(text, before: index)
        guard base64Count(text, first..<index) >= leastBody else { return nil }
        return Finding(first..<closed, .privateKey)
    }

    /// The end of `RSA PRIVATE KEY-----`; nil where no private key is named.
    private static func endOfMark(_ text: Span<UInt8>, _ start: Int) -> Int? {
        let label = text.end(of: start, limit: 64) {
            ByteKind.isUpper($0) || ByteKind.isDigit($0) || $0 == UInt8(ascii: " ")
        }
        guard text.has(dashes, at: label) else { return nil }
        for index in start..<label where text.has(name, at: index) { return label + dashes.count }
        return nil
    }

    /// Base64, the headers of encrypted keys, line breaks and how other formats write those.
    private static func isBody(_ byte: UInt8) -> Bool {
        ByteKind.isBase64(byte) || ByteKind.isSpace(byte) || [61, 92, 58, 44, 34, 39].contains(byte)
    }

    private static func base64Count(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var longest = 0
        var run = 0
        for index in range {
            run = ByteKind.isBase64(text[index]) ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// The start of the lines of base64 that end at `index`.
    private static func startOfLines(_ text: Span<UInt8>, before index: Int) -> Int {
        var first = index
        var place = index
        while place > 0, index - place < byteLimit {
            var start = place
            while start > 0, ByteKind.isLineEnd(text[start - 1]) { start -= 1 }
            let lineEnd = start
            while start > 0, lineEnd - start < 256, ByteKind.isBase64(text[start - 1]) || text[start - 1] == 61 {
                start -= 1
            }
            guard start < lineEnd, start == 0 || ByteKind.isLineEnd(text[start - 1]) else { break }
            first = start
            place = start
        }
        return first
    }
}
