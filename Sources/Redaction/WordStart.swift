/// Where a word begins: behind what is no part of one, and behind an escape that ends with a letter or a digit.
///
/// | behind | as in |
/// | --- | --- |
/// | `\n`, `\r`, `\t`, `\b`, `\f` | JSON that is looked at as text, the output of test runners |
/// | `ESC [ 3 1 m`, also with ESC written `\u001b`, `\x1b`, `\033`, `\e` | colored output |
/// | `%22` | links |
extension Span where Element == UInt8 {
    /// Whether a word begins at `index`.
    func beginsWord(at index: Int) -> Bool {
        !ByteKind.isWord(byte(index - 1)) || isBehindEscape(index)
    }

    /// Whether what ends before `index` is an escape.
    ///
    /// - Complexity: O(1): most letters are told by the three bytes before them.
    @inline(__always) func isBehindEscape(_ index: Int) -> Bool {
        guard index >= 2 else { return false }
        let last = self[index - 1]
        let before = self[index - 2]
        if before == UInt8(ascii: "\\") { return Self.isEscapeLetter(last) }
        if index >= 3, self[index - 3] == UInt8(ascii: "%") { return ByteKind.isHex(before) && ByteKind.isHex(last) }
        // The parameters of a control sequence (ECMA-48, 5.4), or the bracket that it begins with.
        guard before &- 48 < 12 || before == UInt8(ascii: "["), ByteKind.isLetter(last) else { return false }
        return endsControlSequence(index - 1)
    }

    /// Whether the two digits at `index` are those of `%22`, and no beginning of what follows them.
    func isPercentEscape(at index: Int) -> Bool {
        byte(index - 1) == UInt8(ascii: "%") && ByteKind.isHex(byte(index)) && ByteKind.isHex(byte(index + 1))
    }

    private static func isEscapeLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"): true
        default: false
        }
    }

    /// Whether the letter at `index` is the last one of a control sequence.
    private func endsControlSequence(_ index: Int) -> Bool {
        var start = index
        while start > 0, index - start < 16, self[start - 1] &- 48 < 12 { start -= 1 }
        guard byte(start - 1) == UInt8(ascii: "[") else { return false }
        let bracket = start - 1
        if byte(bracket - 1) == 0x1B { return true }
        for spelling in ["\\u001b", "\\x1b", "\\033", "\\e"] {
            if hasAnyCase(Array(spelling.utf8), at: bracket - spelling.utf8.count) { return true }
        }
        return false
    }
}
