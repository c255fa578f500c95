/// Finds links, mentions, images and tags in a text, in one pass. Errs towards finding: a word too many made inert is
/// readable still, one too few is a request to somebody's server.
struct TextScanner {
    /// One finding.
    struct Found {
        let range: Range<Int>
        /// Whether it may be a word of code or prose, which would be missed if it were taken out.
        let mayBeWord: Bool
    }

    private let text: [Unicode.Scalar]
    private let feature: TextFeature

    init(_ text: [Unicode.Scalar], _ feature: TextFeature) {
        self.text = text
        self.feature = feature
    }

    /// The text with every finding replaced; nil where there are none.
    /// - Complexity: O(*n*).
    func replacing(with replacement: (ArraySlice<Unicode.Scalar>, Bool) -> [Unicode.Scalar]) -> [Unicode.Scalar]? {
        var result: [Unicode.Scalar] = []
        var index = 0
        var isChanged = false
        for found in findings() {
            let new = replacement(text[found.range], found.mayBeWord)
            guard !new.elementsEqual(text[found.range]) else { continue }
            isChanged = true
            result.append(contentsOf: text[index..<found.range.lowerBound])
            result.append(contentsOf: new)
            index = found.range.upperBound
        }
        guard isChanged else { return nil }
        result.append(contentsOf: text[index...])
        return result
    }

    private func findings() -> [Found] {
        switch feature {
        case .html: tags()
        case .images: images()
        case .links:
            LinkFinder.find(in: text).filter { $0.certainty != .doubtful }.map {
                Found(range: $0.range, mayBeWord: $0.certainty == .bare)
            }
        case .mentions: mentions()
        }
    }

    /// A place in the text that is looked for from ever later starts, so that every character is looked at once.
    private struct Search {
        let wanted: Unicode.Scalar
        private var reached = 0

        init(_ wanted: Unicode.Scalar) { self.wanted = wanted }

        /// The first place from `start` on.
        mutating func place(in text: [Unicode.Scalar], from start: Int) -> Int? {
            reached = max(reached, start)
            while reached < text.count, text[reached] != wanted { reached += 1 }
            return reached < text.count ? reached : nil
        }
    }

    private func tags() -> [Found] {
        var found: [Found] = []
        var closing = Search(">")
        var index = 0
        while index + 1 < text.count {
            guard text[index] == "<", Self.opensTag(text[index + 1]) else {
                index += 1
                continue
            }
            // A tag that never closes is one to the end: browsers close it themselves.
            let end = closing.place(in: text, from: index).map { $0 + 1 } ?? text.count
            found.append(Found(range: index..<end, mayBeWord: false))
            index = end
        }
        return found
    }

    private static func opensTag(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar == "/" || scalar == "!" || scalar == "?"
    }

    private func images() -> [Found] {
        var found: [Found] = []
        var bracket = Search("]")
        var reference = Search("]")
        var parenthesis = Search(")")
        var index = 0
        while index < text.count {
            let start = index
            // All of `!![x](y)`: without its own sign the next one would stand before the bracket.
            while index < text.count, text[index] == "!" { index += 1 }
            guard index > start, index < text.count, text[index] == "[" else {
                if index == start { index += 1 }
                continue
            }
            guard let close = bracket.place(in: text, from: index) else { break }
            var end = close + 1
            if end < text.count, text[end] == "(" {
                end = parenthesis.place(in: text, from: end).map { $0 + 1 } ?? text.count
            } else if end < text.count, text[end] == "[" {
                end = reference.place(in: text, from: end).map { $0 + 1 } ?? text.count
            }
            found.append(Found(range: start..<end, mayBeWord: false))
            index = end
        }
        return found
    }

    private func mentions() -> [Found] {
        var found: [Found] = []
        var index = 0
        while index + 1 < text.count {
            let start = index
            index += 1
            // `a@example.com` is an address, not a mention.
            guard TextFeature.isAt(text[start]), Self.isWord(text[index]), start == 0 || !Self.isWord(text[start - 1])
            else { continue }
            while index < text.count, Self.isWord(text[index]) || text[index] == "-" || text[index] == "/" {
                index += 1
            }
            found.append(Found(range: start..<index, mayBeWord: false))
        }
        return found
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
}
