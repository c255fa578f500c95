import Crypto

/// What stands in place of a value: `<EMAIL:h:9f2c41ab00d17e55>`.
///
/// The digits are the first half of the first eight bytes of HMAC-SHA-256 (RFC 2104, FIPS 198-1) under the project's
/// key, over the class and the canonical value. Equal values get equal tokens, so that records can still be joined; without
/// the key nobody can try values until one fits, which a plain hash of a mail address or a card number would allow.
enum RedactionToken {
    static let digitCount = 16

    static func make(_ kind: RedactionClass, _ canonical: [UInt8], key: SymmetricKey) -> [UInt8] {
        var mac = HMAC<SHA256>(key: key)
        mac.update(data: Array(kind.name.utf8))
        mac.update(data: [0])
        mac.update(data: canonical)
        let bytes = Array(mac.finalize())
        // A token never reads as a number: the next window where one has digits alone. All four windows have with a
        // chance of 1 in 10^13.
        var digits = hex(bytes[0..<8])
        for window in 1..<4 where digits.allSatisfy(ByteKind.isDigit) {
            digits = hex(bytes[(window * 8)..<(window * 8 + 8)])
        }
        return [UInt8(ascii: "<")] + Array(kind.name.utf8) + Array(":h:".utf8) + digits + [UInt8(ascii: ">")]
    }

    /// Whether the digits of a token, `h:9f2c41ab00d17e55`, stand at `index`. Reports write its brackets in many ways.
    static func hasDigits(_ text: Span<UInt8>, at index: Int) -> Bool {
        guard text.byte(index) == UInt8(ascii: "h"), text.byte(index + 1) == UInt8(ascii: ":") else { return false }
        let end = text.end(of: index + 2, limit: digitCount + 1, ByteKind.isHex)
        return end == index + 2 + digitCount && !ByteKind.isWord(text.byte(end))
    }

    /// The tokens in a text.
    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        while index < text.count {
            defer { index += 1 }
            guard text[index] == UInt8(ascii: "<"), ByteKind.isUpper(text.byte(index + 1)) else { continue }
            let name = text.end(of: index + 1, limit: 32) {
                ByteKind.isUpper($0) || ByteKind.isDigit($0) || $0 == UInt8(ascii: "_")
            }
            guard text.byte(name) == UInt8(ascii: ":"), hasDigits(text, at: name + 1),
                text.byte(name + 3 + digitCount) == UInt8(ascii: ">")
            else { continue }
            let end = name + 4 + digitCount
            found.append(index..<end)
            index = end - 1
        }
        return found
    }

    private static func hex(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
