/// Finds links, mentions, images and tags in a text. Errs towards finding: a word too many made inert is readable
/// still, one too few is a request to somebody's server.
struct TextScanner {
    private let text: [Unicode.Scalar]
    private let feature: TextFeature

    init(_ text: [Unicode.Scalar], _ feature: TextFeature) {
        self.text = text
        self.feature = feature
    }

    /// The text with every finding replaced.
    func replacing(with replacement: (ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard let end = endOfFinding(at: index) else {
                result.append(text[index])
                index += 1
                continue
            }
            result.append(contentsOf: replacement(text[index..<end]))
            index = end
        }
        return result
    }

    /// Where a finding that starts here ends, or nil when none starts here.
    private func endOfFinding(at start: Int) -> Int? {
        switch feature {
        case .html: endOfTag(start)
        case .images: endOfImage(start)
        case .links: endOfLink(start)
        case .mentions: endOfMention(start)
        }
    }

    private func endOfTag(_ start: Int) -> Int? {
        guard text[start] == "<", start + 1 < text.count else { return nil }
        let next = text[start + 1]
        guard Self.isLetter(next) || next == "/" || next == "!" || next == "?" else { return nil }
        // A tag that never closes is one to the end: browsers close it themselves.
        return text[start...].firstIndex(of: ">").map { $0 + 1 } ?? text.count
    }

    private func endOfImage(_ start: Int) -> Int? {
        guard text[start] == "!", start + 1 < text.count, text[start + 1] == "[",
            let close = text[start...].firstIndex(of: "]")
        else { return nil }
        guard close + 1 < text.count, text[close + 1] == "(" || text[close + 1] == "[" else {
            return close + 1
        }
        let closing: Unicode.Scalar = text[close + 1] == "(" ? ")" : "]"
        return text[(close + 1)...].firstIndex(of: closing).map { $0 + 1 } ?? text.count
    }

    private func endOfLink(_ start: Int) -> Int? {
        let isWordStart = start == 0 || !Self.isWord(text[start - 1])
        guard isWordStart else { return nil }
        if startsWith("//", at: start), start + 2 < text.count, Self.isWord(text[start + 2]) {
            // Without a scheme, as in `[text](//example.com)`.
            return endOfAddress(start + 2)
        }
        if startsWith("www.", at: start) { return endOfAddress(start) }
        guard Self.isLetter(text[start]) else { return nil }
        var index = start
        while index < text.count, Self.isWord(text[index]) || text[index] == "+" || text[index] == "-" {
            index += 1
        }
        guard index < text.count, text[index] == ":" else { return nil }
        let scheme = String(String.UnicodeScalarView(text[start..<index])).lowercased()
        let hasAuthority = startsWith("//", at: index + 1)
        guard hasAuthority || ["mailto", "javascript", "data", "tel", "file"].contains(scheme),
            index + 1 < text.count, !Self.endsAddress(text[index + 1])
        else { return nil }
        return endOfAddress(index + 1)
    }

    private func endOfMention(_ start: Int) -> Int? {
        guard text[start] == "@" || text[start] == "\u{FF20}", start + 1 < text.count,
            Self.isWord(text[start + 1])
        else { return nil }
        // `a@example.com` is an address, not a mention.
        if start > 0, Self.isWord(text[start - 1]) { return nil }
        var end = start + 1
        while end < text.count, Self.isWord(text[end]) || text[end] == "-" || text[end] == "/" { end += 1 }
        return end
    }

    private func endOfAddress(_ start: Int) -> Int {
        text[start...].firstIndex(where: Self.endsAddress) ?? text.count
    }

    private func startsWith(_ prefix: String, at start: Int) -> Bool {
        let wanted = Array(prefix.unicodeScalars)
        guard start + wanted.count <= text.count else { return false }
        return zip(text[start...], wanted).allSatisfy {
            $0.properties.lowercaseMapping.unicodeScalars.elementsEqual([$1])
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }

    private static func endsAddress(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "<>\"'`()[]{}|".unicodeScalars.contains(scalar)
            || scalar.value < 0x20
    }
}
