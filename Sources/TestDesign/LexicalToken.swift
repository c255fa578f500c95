/// A token of an input whose grammar nobody gave: what kind of characters stand there, not which.
struct LexicalToken: Hashable, Sendable {
    /// `word`, `Word` (with a capital), `digits`, `letter e` (one letter beside a digit), `quote`, `quotes` (a run of them),
    /// `note` (a comment), `control`, `other digit`, `other letter`, `other space`, `other`, `line` (a line's end), `end`,
    /// or the punctuation mark itself.
    let kind: String
    /// The same, where digits tell how many they are.
    let exact: String
    /// Whether white space or a line's start stands before it.
    let hasGap: Bool

    init(_ kind: String, exact: String? = nil, hasGap: Bool) {
        self.kind = kind
        self.exact = exact ?? kind
        self.hasGap = hasGap
    }

    var isQuote: Bool { kind == "quote" || kind == "quotes" }
    var isWord: Bool { kind == "word" || kind == "Word" }

    /// What two tokens have in common although a look at them differs: how many digits or quotes there are.
    static func common(_ kind: String) -> String {
        if kind == "quotes" { return "quote" }
        return kind.hasPrefix("digits") ? "digits" : kind
    }
}
