/// Which tokens are plain text inside a JSON string: no quote, backslash or control character, well-formed UTF-8 from
/// a character's start, with at most the last character unfinished.
enum StringInterior {
    /// Longer tokens aren't treated as plain; one mask a length is kept up to here.
    static let countLimit = 256

    /// How many characters `bytes` add, an unfinished one included; `nil` if they aren't plain.
    static func codePointCount(_ bytes: ArraySlice<UInt8>) -> Int? {
        var count = 0
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let first = bytes[index]
            index += 1
            count += 1
            // Table 3-7 of the Unicode standard: how many bytes follow, and the narrower range of the first of them.
            let (following, range): (Int, ClosedRange<UInt8>)
            switch first {
            case 0x22, 0x5C, 0..<0x20: return nil
            case 0x20...0x7F: continue
            case 0xC2...0xDF: (following, range) = (1, 0x80...0xBF)
            case 0xE0: (following, range) = (2, 0xA0...0xBF)
            case 0xED: (following, range) = (2, 0x80...0x9F)
            case 0xE1...0xEF: (following, range) = (2, 0x80...0xBF)
            case 0xF0: (following, range) = (3, 0x90...0xBF)
            case 0xF1...0xF3: (following, range) = (3, 0x80...0xBF)
            case 0xF4: (following, range) = (3, 0x80...0x8F)
            default: return nil
            }
            for step in 0..<following where index < bytes.endIndex {
                let allowed = step == 0 ? range : 0x80...0xBF
                guard allowed.contains(bytes[index]) else { return nil }
                index += 1
            }
        }
        return count
    }
}
