/// The words of a search, made into FTS5 expressions in which nothing of the user's text can be an operator.
///
/// FTS5 reads a text in double quotes as a phrase, whatever it holds, with `"` written twice. A search is the
/// disjunction of such phrases; ranking decides what fits best.
struct SearchTerms: Hashable, Sendable {
    /// The expression for a table of stemmed words, nil when no word is left.
    let words: String?
    /// The expression for a table of trigrams, nil when no term has three characters.
    let trigrams: String?

    /// Distinct terms kept of a long text, in reading order.
    static let termLimit = 128
    /// The longest term, in characters.
    static let characterLimit = 64

    init(_ text: String) {
        var wordTerms = OrderedTerms(limit: Self.termLimit)
        var trigramTerms = OrderedTerms(limit: Self.termLimit)
        // A zero character would end the expression early; the others only separate.
        for piece in text.split(whereSeparator: {
            $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 }
        }) {
            let term = String(piece.prefix(Self.characterLimit))
            let parts = term.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            let isPunctuated = parts.count != 1 || parts.first?.count != term.count
            // Code such as `[[a]]` or `1__0` would look for "a" or "1 0" among words, which is everywhere;
            // trigrams have it exactly.
            let letterCount = parts.reduce(0) { $0 + $1.count }
            if !isPunctuated || letterCount >= 3 {
                if parts.count > 1 { wordTerms.append(term) }
                for part in parts where parts.count == 1 || part.count > 1 { wordTerms.append(part) }
            }
            if term.unicodeScalars.count >= 3 { trigramTerms.append(term) }
            if isPunctuated {
                for part in parts where part.unicodeScalars.count >= 3 { trigramTerms.append(part) }
            }
        }
        words = wordTerms.expression
        trigrams = trigramTerms.expression
    }

    /// Distinct terms in the order they came.
    private struct OrderedTerms {
        let limit: Int
        private var seen: Set<String> = []
        private var terms: [String] = []

        init(limit: Int) { self.limit = limit }

        mutating func append(_ term: String) {
            guard terms.count < limit, seen.insert(term.lowercased()).inserted else { return }
            terms.append(term)
        }

        var expression: String? {
            terms.isEmpty ? nil : terms.map(SQLName.quoted).joined(separator: " OR ")
        }
    }
}
