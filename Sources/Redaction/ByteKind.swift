/// What a byte can be part of. ASCII alone: bytes of other letters are none of these.
enum ByteKind {
    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    @inline(__always) static func isUpper(_ byte: UInt8) -> Bool { byte &- 65 < 26 }
    @inline(__always) static func isLower(_ byte: UInt8) -> Bool { byte &- 97 < 26 }
    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
    @inline(__always) static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    /// Letters, digits and `_`: what a name is made of.
    @inline(__always) static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 95 }
    @inline(__always) static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 97 < 6 }
    /// The alphabet of base64 without the padding.
    @inline(__always) static func isBase64(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 43 || byte == 47
    }
    /// The alphabet of base64url.
    @inline(__always) static func isBase64URL(_ byte: UInt8) -> Bool { isWord(byte) || byte == 45 }
    @inline(__always) static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 < 5 }
    @inline(__always) static func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
    /// A letter in lower case; other bytes become something that is no letter.
    @inline(__always) static func lowered(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }
    /// The value of a hex digit.
    @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8 {
        isDigit(byte) ? byte - 48 : (byte | 0x20) &- 87
    }
}

extension Span where Element == UInt8 {
    /// The byte at `index`, or 0 before the start and behind the end: no shape has a NUL in it.
    @inline(__always) func byte(_ index: Int) -> UInt8 { indices.contains(index) ? self[index] : 0 }

    /// Whether `word` stands at `index`.
    func has(_ word: [UInt8], at index: Int) -> Bool {
        guard index >= 0, index + word.count <= count else { return false }
        for offset in word.indices where self[index + offset] != word[offset] { return false }
        return true
    }

    /// Whether `word`, in lower case, stands at `index` in any case.
    func hasAnyCase(_ word: [UInt8], at index: Int) -> Bool {
        guard index >= 0, index + word.count <= count else { return false }
        for offset in word.indices where ByteKind.lowered(self[index + offset]) != word[offset] { return false }
        return true
    }

    /// Where the run of bytes that satisfy `isPart` ends, at most `limit` bytes behind `start`.
    @inline(__always) func end(of start: Int, limit: Int, _ isPart: (UInt8) -> Bool) -> Int {
        let last = Swift.min(count, start + limit)
        var index = start
        while index < last, isPart(self[index]) { index += 1 }
        return index
    }

    /// How many bytes the space or hyphen at `index` has that numbers are printed in groups with, also one at which no line
    /// breaks; 0 for anything else.
    func separatorByteCount(_ index: Int) -> Int {
        switch byte(index) {
        case 32, 45: return 1
        // U+00A0
        case 0xC2: return byte(index + 1) == 0xA0 ? 2 : 0
        // U+2007, U+2009 and U+202F; U+2010 and U+2011.
        case 0xE2:
            guard byte(index + 1) == 0x80 else { return 0 }
            return [0x87, 0x89, 0xAF, 0x90, 0x91].contains(byte(index + 2)) ? 3 : 0
        default: return 0
        }
    }

    /// A copy of a part.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(self[index]) }
        return copy
    }
}
