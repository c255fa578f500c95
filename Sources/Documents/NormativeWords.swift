/// What a sentence's own words say it is: the key words of RFC 2119 (sections 1 to 5) and the verbal forms of the ISO/IEC
/// Directives, part 2, clause 7, in any case, since most specifications write them in lower case.
///
/// Where a sentence has such a word there is nothing for a model to guess.
public enum NormativeWords: String, Hashable, Sendable, CaseIterable {
    case requires
    case forbids
    case allows

    /// How much of a sentence is looked at, in characters; what is longer is no sentence.
    private static let sentenceLimit = 4_000

    /// Denied duties: what need not be done is permitted. They are taken out before `required` or `have to` is looked for.
    private static let waivers: [[String]] = [
        ["doesn't", "have", "to"], ["don't", "have", "to"], ["not", "have", "to"], ["not", "need", "to"],
        ["not", "required"], ["not", "necessary"], ["not", "mandatory"], ["need", "not"], ["needn't"],
    ]

    /// Word sequences, strictest first: `must not` is looked for before `must`, `not allowed` before `allowed`.
    private static let forms: [(Self, [[String]])] = [
        (
            .forbids,
            [
                ["must", "not"], ["shall", "not"], ["should", "not"], ["may", "not"], ["can", "not"], ["cannot"],
                ["mustn't"], ["can't"], ["never"], ["not", "allowed"], ["not", "permitted"], ["not", "valid"],
                ["invalid"], ["forbidden"], ["prohibited"], ["disallowed"],
                ["not", "recommended"],
            ]
        ),
        (
            .requires,
            [
                ["must"], ["shall"], ["should"], ["required"], ["requires"], ["has", "to"], ["have", "to"],
                ["recommended"],
            ]
        ),
        (.allows, [["may"], ["can"], ["optional"], ["optionally"], ["allowed"], ["permitted"]]),
    ]

    /// The kind that the words of `sentence` show; nil when it has none of them outside code spans.
    /// - Complexity: bounded; only the first 4,000 characters are read.
    public init?(in sentence: String) {
        var words = Self.words(of: String(sentence.prefix(Self.sentenceLimit)))
        var isWaived = false
        for waiver in Self.waivers where words.contains(waiver) {
            isWaived = true
            words.replace(waiver, with: [])
        }
        for (kind, forms) in Self.forms where forms.contains(where: { words.contains($0) }) {
            self = kind
            return
        }
        guard isWaived else { return nil }
        self = .allows
    }

    /// The sentence with a backtick for each code span: what stands in one is an example. A span ends at a run of as
    /// many backticks as began it, and a run that has no such end is a character like any other.
    private static func speech(of sentence: String) -> String {
        var result = ""
        var rest = sentence[...]
        while let start = rest.firstIndex(of: "`") {
            result += rest[..<start]
            let run = rest[start...].prefix { $0 == "`" }
            let behind = rest[run.endIndex...]
            result += "`"
            if let end = closing(run.count, in: behind) {
                rest = behind[end...]
            } else {
                rest = behind
            }
        }
        return result + rest
    }

    /// The place behind the next run of exactly `length` backticks.
    private static func closing(_ length: Int, in text: Substring) -> String.Index? {
        var rest = text
        while let start = rest.firstIndex(of: "`") {
            let run = rest[start...].prefix { $0 == "`" }
            if run.count == length { return run.endIndex }
            rest = rest[run.endIndex...]
        }
        return nil
    }

    /// The words of what is no code, in lower case.
    private static func words(of sentence: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in speech(of: sentence) {
            if character.isLetter || character == "'" || character == "’" {
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
