import Tokens

/// Foretells that an answer goes on as a text of the prompt does, from which it copies.
///
/// Prompt lookup: where the answer's last tokens stand in such a text, what follows there is evaluated beside, and kept as
/// far as the tokens chosen under the mask are the same. So it changes what an answer costs, and not the answer.
struct CopyDrafts {
    /// So many tokens have to agree: two are too often a turn of speech.
    private static let leastMatch = 3
    /// When so many agree, it is a copy.
    private static let sureMatch = 6
    /// How many tokens are foretold then, and how many before. A batch of 16 tokens costs what 4.4 single ones do, and one
    /// of 4 what 2.3 do, measured with 1.5 billion weights: so few or many, and nothing between.
    private static let sureLength = 15
    private static let length = 3

    private let texts: [[TokenID]]

    /// `texts`: what is copied from.
    init(_ texts: [[TokenID]]) {
        self.texts = texts
    }

    /// What may follow the answer's tokens, as far as `isAllowed` says so of each; empty where nothing tells.
    func next(after answer: [TokenID], isAllowed: (TokenID) -> Bool) -> [TokenID] {
        guard let last = answer.last, answer.count >= Self.leastMatch else { return [] }
        var best = (count: Self.leastMatch - 1, text: 0, end: 0)
        for (number, text) in texts.enumerated() {
            for end in text.indices.dropLast() where text[end] == last {
                let limit = min(end + 1, answer.count, Self.sureMatch)
                var count = 1
                while count < limit, text[end - count] == answer[answer.count - 1 - count] { count += 1 }
                if count > best.count { best = (count, number, end) }
            }
        }
        guard best.count >= Self.leastMatch else { return [] }
        let length = best.count >= Self.sureMatch ? Self.sureLength : Self.length
        return Array(texts[best.text][(best.end + 1)...].prefix(length).prefix(while: isAllowed))
    }
}
