/// Credentials in the form of HTTP's `Authorization` (RFC 9110, 11.6.2): `Basic` (RFC 7617) and `Bearer` (RFC 6750).
enum Authorizations {
    private static let bearer = Array("bearer".utf8)
    private static let basic = Array("basic".utf8)
    private static let byteLimit = 4_096

    /// The credentials behind a scheme that begins at `index`, where a word begins.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        if text.hasAnyCase(bearer, at: index), let range = value(text, after: index + bearer.count) {
            return isToken(text, range) ? Finding(range, .authorization) : nil
        }
        if text.hasAnyCase(basic, at: index), let range = value(text, after: index + basic.count) {
            return isPair(text, range) ? Finding(range, .authorization) : nil
        }
        return nil
    }

    /// `1*SP token68`
    private static func value(_ text: Span<UInt8>, after end: Int) -> Range<Int>? {
        let start = text.end(of: end, limit: 8) { $0 == 32 }
        guard start > end else { return nil }
        var last = text.end(of: start, limit: byteLimit) {
            ByteKind.isBase64($0) || ByteKind.isBase64URL($0) || [46, 126].contains($0)
        }
        last = text.end(of: last, limit: 3) { $0 == UInt8(ascii: "=") }
        while last > start, text[last - 1] == UInt8(ascii: ".") { last -= 1 }
        return start < last ? start..<last : nil
    }

    /// A bearer token is any text of its alphabet; prose has no digits in a word of sixteen letters.
    private static func isToken(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 16 else { return false }
        var hasDigit = false
        var hasLetter = false
        for index in range {
            hasDigit = hasDigit || ByteKind.isDigit(text[index])
            hasLetter = hasLetter || ByteKind.isLetter(text[index])
        }
        return hasDigit && hasLetter
    }

    /// Whether it is the base64 of printable text with a colon.
    private static func isPair(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 4 else { return false }
        var bits: UInt32 = 0
        var bitCount = 0
        var hasColon = false
        for index in range {
            let byte = text[index]
            if byte == UInt8(ascii: "=") { break }
            guard let value = digit(byte) else { return false }
            bits = bits << 6 | value
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
            guard decoded >= 0x20, decoded != 0x7F else { return false }
            hasColon = hasColon || decoded == UInt8(ascii: ":")
        }
        return hasColon
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case _ where ByteKind.isUpper(byte): UInt32(byte - 65)
        case _ where ByteKind.isLower(byte): UInt32(byte - 71)
        case _ where ByteKind.isDigit(byte): UInt32(byte + 4)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
