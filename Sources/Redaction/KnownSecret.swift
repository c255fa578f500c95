/// A secret whose exact value is looked for.
public struct KnownSecret: Hashable, Sendable {
    /// The fewest bytes that can be told from ordinary text.
    public static let shortestByteCount = 6

    /// The value's bytes.
    let bytes: [UInt8]
    /// What the operator calls it, such as the variable that it is in; empty where it has no name.
    public let name: String

    /// A secret; nil for a value of fewer than ``shortestByteCount`` bytes, which every other line would contain.
    public init?(_ value: String) {
        self.init(value, name: "")
    }

    /// The same with a name.
    public init?(_ value: String, name: String) {
        let bytes = Array(value.utf8)
        guard bytes.count >= Self.shortestByteCount else { return nil }
        self.bytes = bytes
        self.name = name
    }

    /// One way in which a secret can be written.
    struct Form: Hashable {
        /// Without line breaks: those of a text are skipped when it is compared.
        let bytes: [UInt8]
        /// Whether the character before, or behind, holds some bits of the secret: base64 shares characters with what
        /// stands around.
        var sharesFirst = false
        var sharesLast = false
    }

    /// The value as it is, in base64 and base64url at each of the three alignments, in hex, percent-encoded and as the
    /// inside of a JSON string. Where a text has escapes of JSON or HTML for some of the characters, ``SecretIndex`` reads
    /// them.
    var forms: Set<Form> {
        var forms: Set<Form> = []
        func add(_ bytes: [UInt8], first: Bool = false, last: Bool = false) {
            let plain = bytes.filter { !ByteKind.isLineEnd($0) }
            guard plain.count >= Self.shortestByteCount else { return }
            forms.insert(Form(bytes: plain, sharesFirst: first, sharesLast: last))
        }
        add(bytes)
        for alignment in 0..<3 {
            let (standard, first, last) = Self.base64(bytes, alignment: alignment)
            add(standard, first: first, last: last)
            let safe = standard.map {
                $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
            add(safe, first: first, last: last)
        }
        for digits in [Self.lowerHex, Self.upperHex] {
            add(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
            let percent = { (byte: UInt8) in [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            add(bytes.flatMap(percent))
            // RFC 3986's unreserved characters stay; encodeURIComponent of JavaScript leaves five more; forms write
            // a space as `+`.
            for kept in ["-._~", "-_.!~*'()"] {
                let kept = Set(kept.utf8)
                let isKept = { (byte: UInt8) in ByteKind.isAlphanumeric(byte) || kept.contains(byte) }
                add(bytes.flatMap { isKept($0) ? [$0] : percent($0) })
                add(bytes.flatMap { $0 == 32 ? [UInt8(ascii: "+")] : isKept($0) ? [$0] : percent($0) })
            }
        }
        for escapesSlash in [false, true] {
            for digits in [nil, Self.lowerHex, Self.upperHex] {
                add(Self.escaped(bytes, slash: escapesSlash, asciiWith: digits))
            }
        }
        return forms
    }

    private static let lowerHex = Array("0123456789abcdef".utf8)
    private static let upperHex = Array("0123456789ABCDEF".utf8)
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The characters of base64 (RFC 4648) that `bytes` alone decide on, when they begin at `alignment` of a group of
    /// three, and whether the characters around them have some of their bits.
    private static func base64(_ bytes: [UInt8], alignment: Int) -> (text: [UInt8], first: Bool, last: Bool) {
        let bitCount = bytes.count * 8
        // Bits of the secret that belong to the character that the bytes before it began.
        let skipped = (6 - alignment * 8 % 6) % 6
        var text: [UInt8] = []
        var bit = skipped
        while bit + 6 <= bitCount {
            var value = 0
            for offset in bit..<(bit + 6) { value = value << 1 | Int(bytes[offset / 8] >> UInt8(7 - offset % 8) & 1) }
            text.append(alphabet[value])
            bit += 6
        }
        return (text, skipped > 0, bit < bitCount)
    }

    /// The inside of a JSON string (RFC 8259): with every character beyond ASCII as it is, or as `\uXXXX` with these
    /// digits.
    private static func escaped(_ bytes: [UInt8], slash escapesSlash: Bool, asciiWith digits: [UInt8]?) -> [UInt8] {
        var text: [UInt8] = []
        func unit(_ value: UInt16, _ digits: [UInt8]) {
            text += Array("\\u".utf8)
            for shift in [12, 8, 4, 0] { text.append(digits[Int(value >> UInt16(shift) & 15)]) }
        }
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"", "\\": text += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case "/" where escapesSlash: text += Array("\\/".utf8)
            case "\n": text += Array("\\n".utf8)
            case "\r": text += Array("\\r".utf8)
            case "\t": text += Array("\\t".utf8)
            case _ where scalar.value < 0x20: unit(UInt16(scalar.value), digits ?? lowerHex)
            case _ where scalar.isASCII: text.append(UInt8(scalar.value))
            default:
                if let digits {
                    for part in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { unit(part, digits) }
                } else {
                    text += Array(String(scalar).utf8)
                }
            }
        }
        return text
    }
}
