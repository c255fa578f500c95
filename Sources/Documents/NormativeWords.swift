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
        ["don't", "need", "to"], ["doesn't", "need", "to"], ["should", "feel", "free"], ["feel", "free"],
    ]

    /// What a sentence says in passing.
    private static let asides: [[String]] = [
        ["if", "required"], ["where", "required"], ["when", "required"], ["as", "required"],
    ]

    /// Words that begin a condition or a reason. What a sentence demands stands behind its comma.
    private static let conditions: Set<String> = [
        "if", "when", "whenever", "where", "unless", "since", "because", "as", "although", "though", "while",
    ]

    /// Word sequences, strictest first: `must not` is looked for before `must`, `not allowed` before `allowed`.
    private static let forms: [(Self, [[String]])] = [
        (
            .forbids,
            [
                ["must", "not"], ["shall", "not"], ["should", "not"], ["may", "not"], ["can", "not"], ["cannot"],
                ["mustn't"], ["can't"], ["never"], ["not", "allowed"], ["not", "permitted"], ["not", "valid"],
                ["invalid"], ["forbidden"], ["prohibited"], ["disallowed"],
                ["not", "recommended"], ["no", "way"],
            ]
        ),
        (
            .requires,
            [
                ["must"], ["shall"], ["should"], ["required"], ["requires"], ["has", "to"], ["have", "to"],
                ["recommended"], ["may", "only"], ["can", "only"],
            ]
        ),
        (
            .allows,
            [
                ["may"], ["can"], ["optional"], ["optionally"], ["allowed"], ["permitted"], ["discouraged"],
                ["not", "guaranteed"], ["implementation", "specific"], ["implementation", "defined"],
                ["implementation", "dependent"], ["application", "specific"], ["application", "defined"],
                ["platform", "specific"], ["platform", "dependent"], ["up", "to", "the", "implementation"],
            ]
        ),
    ]

    /// The kind that the words of `sentence` show; nil when it has none of them outside code spans.
    /// - Complexity: bounded; only the first 4,000 characters are read.
    public init?(in sentence: String) {
        let speech = Self.speech(of: String(sentence.prefix(Self.sentenceLimit)))
        // A condition's words count where what follows it has none.
        for clause in [Self.mainClause(of: speech), speech] {
            guard let kind = Self.kind(of: Self.words(of: clause)) else { continue }
            self = kind
            return
        }
        return nil
    }

    private static func kind(of said: [String]) -> Self? {
        var words = said
        for aside in asides { words.replace(aside, with: []) }
        var isWaived = false
        for waiver in waivers where words.contains(waiver) {
            isWaived = true
            words.replace(waiver, with: [])
        }
        if isDenied(words) { return .forbids }
        for (kind, forms) in Self.forms where forms.contains(where: { words.contains($0) }) { return kind }
        return isWaived ? .allows : nil
    }

    /// `No line breaks are allowed`, `No name may be empty`: what looks like a permission is denied by the word before it.
    private static func isDenied(_ words: [String]) -> Bool {
        guard let place = words.firstIndex(of: "no") else { return false }
        let rest = words[place...].prefix(deniedReach).prefix { $0 != "but" }
        if rest.contains("allowed") || rest.contains("permitted") { return true }
        return place == 0 && (rest.contains("may") || rest.contains("can") || rest.contains("must"))
    }

    /// How many words behind a `no` belong to it.
    private static let deniedReach = 6

    /// What stands behind the comma of a sentence that begins with a condition; else the sentence.
    private static func mainClause(of speech: String) -> String {
        guard let first = words(of: speech).first, conditions.contains(first),
            let comma = speech.firstIndex(of: ",")
        else { return speech }
        return String(speech[speech.index(after: comma)...])
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

    /// The words of a text without code, in lower case.
    private static func words(of sentence: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in sentence {
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
