/// Base64 and its URL-safe form (RFC 4648, sections 4 and 5), as far as it can be read.
enum Base64Bytes {
    /// The bytes that `characters` stand for; whole groups only, empty where a character is none of Base64.
    static func decoded(_ characters: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var count = 0
        for character in characters where character != UInt8(ascii: "=") {
            guard let value = value(of: character) else { return [] }
            group = group << 6 | UInt32(value)
            count += 1
            guard count == 4 else { continue }
            bytes += [UInt8(group >> 16 & 0xff), UInt8(group >> 8 & 0xff), UInt8(group & 0xff)]
            (group, count) = (0, 0)
        }
        if count == 3 { bytes += [UInt8(group >> 10 & 0xff), UInt8(group >> 2 & 0xff)] }
        if count == 2 { bytes.append(UInt8(group >> 4 & 0xff)) }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
