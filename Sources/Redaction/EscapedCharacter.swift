/// A character as JSON (RFC 8259, 7) or HTML (named and numeric references) writes it where it can't or needn't stand
/// itself: `\u0026`, `\/`, `&amp;`, `&#39;`.
struct EscapedCharacter {
    /// How many bytes the longest escape has: two halves of a pair, `\ud83d\ude00`.
    static let longestByteCount = 12

    private static let names: [(name: [UInt8], byte: UInt8)] = [
        (Array("&amp;".utf8), 38), (Array("&lt;".utf8), 60), (Array("&gt;".utf8), 62), (Array("&quot;".utf8), 34),
        (Array("&apos;".utf8), 39),
    ]

    /// The bytes of the character in UTF-8, the last one lowest.
    private let bytes: UInt32
    /// How many bytes the character has: 1 to 4.
    let count: Int
    /// How many bytes the escape has.
    let length: Int

    /// The escape that begins at `index`; nil where none does.
    init?(_ text: Span<UInt8>, at index: Int) {
        switch text.byte(index) {
        case UInt8(ascii: "\\"): self.init(json: text, index)
        case UInt8(ascii: "&"): self.init(html: text, index)
        default: return nil
        }
    }

    /// One of the character's bytes.
    func byte(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: bytes >> UInt32((count - 1 - place) * 8)) }

    private init(byte: UInt8, length: Int) {
        bytes = UInt32(byte)
        count = 1
        self.length = length
    }

    private init?(scalar value: UInt32, length: Int) {
        guard let scalar = Unicode.Scalar(value), value >= 0x20 else { return nil }
        var bytes: UInt32 = 0
        var count = 0
        for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() {
            bytes = bytes << 8 | UInt32(byte)
            count += 1
        }
        guard count > 0 else { return nil }
        self.bytes = bytes
        self.count = count
        self.length = length
    }

    private init?(json text: Span<UInt8>, _ index: Int) {
        switch text.byte(index + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            self.init(byte: text.byte(index + 1), length: 2)
        case UInt8(ascii: "t"): self.init(byte: 9, length: 2)
        case UInt8(ascii: "u"):
            guard let unit = Self.number(text, index + 2, digits: 4...4) else { return nil }
            guard 0xD800..<0xDC00 ~= unit.value else {
                self.init(scalar: unit.value, length: 6)
                return
            }
            guard text.byte(index + 6) == UInt8(ascii: "\\"), text.byte(index + 7) == UInt8(ascii: "u"),
                let low = Self.number(text, index + 8, digits: 4...4), 0xDC00..<0xE000 ~= low.value
            else { return nil }
            self.init(scalar: 0x10000 + (unit.value - 0xD800) << 10 + (low.value - 0xDC00), length: 12)
        default: return nil
        }
    }

    private init?(html text: Span<UInt8>, _ index: Int) {
        guard text.byte(index + 1) == UInt8(ascii: "#") else {
            guard let found = Self.names.first(where: { text.has($0.name, at: index) }) else { return nil }
            self.init(byte: found.byte, length: found.name.count)
            return
        }
        let isHex = text.byte(index + 2) | 0x20 == UInt8(ascii: "x")
        let start = index + (isHex ? 3 : 2)
        guard let number = Self.number(text, start, digits: 2...6, radix: isHex ? 16 : 10),
            text.byte(number.end) == UInt8(ascii: ";")
        else { return nil }
        self.init(scalar: number.value, length: number.end + 1 - index)
    }

    private static func number(
        _ text: Span<UInt8>, _ start: Int, digits: ClosedRange<Int>, radix: UInt32 = 16
    ) -> (value: UInt32, end: Int)? {
        var value: UInt32 = 0
        var index = start
        while index - start < digits.upperBound {
            let byte = text.byte(index)
            guard ByteKind.isDigit(byte) || radix == 16 && ByteKind.isHex(byte) else { break }
            value = value * radix + UInt32(ByteKind.isDigit(byte) ? byte - 48 : (byte | 0x20) - 87)
            index += 1
        }
        return index - start >= digits.lowerBound ? (value, index) : nil
    }
}
