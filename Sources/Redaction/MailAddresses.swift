/// Mail addresses as people write them: the dot-atom form of RFC 5322 at a domain with at least two labels. Also with the
/// `@` of a link, `%40`.
enum MailAddresses {
    private static let localLimit = 64
    private static let domainLimit = 255

    /// The address whose `@` or `%` is at `index`.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        var domain = index + 1
        if text[index] == UInt8(ascii: "%") {
            guard text.byte(index + 1) == UInt8(ascii: "4"), text.byte(index + 2) == UInt8(ascii: "0") else {
                return nil
            }
            domain = index + 3
        }
        var start = index
        while start > 0, index - start < localLimit, isLocal(text[start - 1]) { start -= 1 }
        start = startOfName(text, start..<index)
        guard start < index, text[index - 1] != UInt8(ascii: ".") else { return nil }
        guard let end = endOfDomain(text, domain) else { return nil }
        var canonical = text.bytes(start..<index).map(ByteKind.lowered)
        canonical.append(UInt8(ascii: "@"))
        canonical += text.bytes(domain..<end).map(ByteKind.lowered)
        return Finding(start..<end, .email, canonical: canonical)
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        // Letters of other scripts too (RFC 6531). `/`, `=`, `&` and the like are allowed but part of what stands around.
        ByteKind.isAlphanumeric(byte) || [39, 43, 45, 46, 95].contains(byte) || byte >= 0x80
    }

    /// Where the name begins: behind the last quotation mark, dash or space beyond ASCII, and no sign in front.
    private static func startOfName(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        // The limit may have cut a character.
        while start < range.upperBound, text[start] & 0xC0 == 0x80 { start += 1 }
        for index in start..<range.upperBound where isPunctuationLead(text[index]) {
            start = index + (text[index] == 0xC2 ? 2 : 3)
        }
        start = endOfEscape(text, start..<range.upperBound)
        while start < range.upperBound, [39, 45, 46].contains(text[start]) { start += 1 }
        return start
    }

    /// Where the rest of an escape ends that the name seems to begin with: the `n` of `\n`, the `22` of `%22`, the `31m`
    /// of a color.
    private static func endOfEscape(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        let start = range.lowerBound
        let end: Int
        switch text.byte(start - 1) {
        case UInt8(ascii: "\\"): end = start + 1
        case UInt8(ascii: "%"): end = start + 2
        case UInt8(ascii: "["), UInt8(ascii: ";"): end = text.end(of: start, limit: 8, ByteKind.isDigit) + 1
        default: return start
        }
        return end <= range.upperBound && text.isBehindEscape(end) ? end : start
    }

    /// The first byte of U+0080 to U+00BF, U+2000 to U+2FFF, U+3000 to U+3FFF and the full-width forms.
    private static func isPunctuationLead(_ byte: UInt8) -> Bool { [0xC2, 0xE2, 0xE3, 0xEF].contains(byte) }

    private static func endOfDomain(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        var end: Int?
        var labels = 0
        while index - start < domainLimit {
            let label = text.end(of: index, limit: 64) {
                ByteKind.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 >= 0x80 && !isPunctuationLead($0)
            }
            guard label > index, label - index < 64 else { break }
            labels += 1
            // The last label has letters only, or is the ASCII form of one of another script.
            if labels > 1, isTopLevel(text, index..<label) { end = label }
            guard text.byte(label) == UInt8(ascii: ".") else { break }
            index = label + 1
        }
        return end
    }

    private static func isTopLevel(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 2 else { return false }
        if text.hasAnyCase(Array("xn--".utf8), at: range.lowerBound) { return true }
        for index in range where !ByteKind.isLetter(text[index]) && text[index] < 0x80 { return false }
        return true
    }
}
