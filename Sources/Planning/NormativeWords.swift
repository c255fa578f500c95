/// What a sentence's own words say it is: the key words of RFC 2119 (sections 1 to 5) and the verbal forms of the ISO/IEC
/// Directives, part 2, clause 7, in any case, since most specifications write them in lower case.
///
/// Where a sentence has such a word there is nothing for a model to guess.
public enum NormativeWords: String, Hashable, Sendable, CaseIterable {
    case requires
    case forbids
    case allows

    /// Word sequences, strictest first: `must not` is looked for before `must`, `not allowed` before `allowed`.
    private static let forms: [(Self, [[String]])] = [
        (
            .forbids,
            [
                ["must", "not"], ["shall", "not"], ["should", "not"], ["may", "not"], ["can", "not"], ["cannot"],
                ["mustn't"], ["can't"], ["never"], ["not", "allowed"], ["not", "permitted"], ["not", "valid"],
                ["invalid"], ["forbidden"], ["prohibited"], ["disallowed"],
            ]
        ),
        (.requires, [["must"], ["shall"], ["should"], ["required"], ["requires"], ["has", "to"], ["have", "to"]]),
        (.allows, [["may"], ["can"], ["optional"], ["optionally"], ["allowed"], ["permitted"]]),
    ]

    /// The kind that the words of `sentence` show; nil when it has none of them outside code spans.
    /// - Complexity: O(n) in the length of the sentence.
    public init?(in sentence: String) {
        let words = Self.words(of: sentence)
        for (kind, forms) in Self.forms where forms.contains(where: { words.contains($0) }) {
            self = kind
            return
        }
        return nil
    }

    /// The words in lower case; what stands between backticks is an example, not speech, and separates words.
    private static func words(of sentence: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isCode = false
        for character in sentence {
            if character == "`" { isCode.toggle() }
            if !isCode, character.isLetter || character == "'" || character == "’" {
                word += character == "’" ? "'" : character.lowercased()
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
