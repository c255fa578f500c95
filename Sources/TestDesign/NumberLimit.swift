/// The numbers just outside of what a rule allows, from its words: `at most 59` gives 60.
struct NumberLimit {
    /// The nearest numbers that break the rule.
    let beyond: [Int]

    /// Nil when the words, in lower case, give no limit for a number itself: in `at most 20 steps` it counts something, and
    /// `9,999` and `2.5` are no numbers that it reads.
    init?(in words: String) {
        var found: [Int] = []
        let most = /(?:at most|no more than|not exceed|not [a-z]+ more than|up to|maximum of) ([0-9]{1,9})/
        for match in words.matches(of: most) where Self.isWhole(words[match.range.upperBound...]) {
            if let limit = Int(match.output.1) { found.append(limit + 1) }
        }
        let least = /(?:at least|no less than|not [a-z]+ less than|minimum of) ([0-9]{1,9})/
        for match in words.matches(of: least) where Self.isWhole(words[match.range.upperBound...]) {
            if let limit = Int(match.output.1), limit > 0 { found.append(limit - 1) }
        }
        let between = /between ([0-9]{1,9}) and ([0-9]{1,9})/
        for match in words.matches(of: between) where Self.isWhole(words[match.range.upperBound...]) {
            if let low = Int(match.output.1), low > 0 { found.append(low - 1) }
            if let high = Int(match.output.2) { found.append(high + 1) }
        }
        guard !found.isEmpty else { return nil }
        beyond = found
    }

    /// What may stand behind a number that doesn't count anything.
    private static let joiningWords: Set<Substring> = [
        "and", "are", "as", "at", "but", "for", "if", "in", "inclusive", "is", "on", "or", "otherwise", "so", "to",
        "unless",
        "when", "where", "which",
    ]

    /// Whether a number ends before `rest` and no unit or counted thing follows.
    private static func isWhole(_ rest: Substring) -> Bool {
        guard !rest.starts(with: /[.,]?[0-9]/) else { return false }
        guard let next = rest.prefixMatch(of: /[ \n-]?([a-z%]+)/) else { return true }
        return joiningWords.contains(next.output.1)
    }
}
