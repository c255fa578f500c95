/// One sentence or line of a text, taken apart into words, and what in it speaks to whoever works on the text.
///
/// Everything here looks at each word a bounded number of times.
struct SteeringSentence {
    /// A run of letters, digits and underscores in lower case, and where it stands.
    private struct Word {
        let text: String
        let range: Range<Int>
    }

    private let original: [Unicode.Scalar]
    private let lower: [Unicode.Scalar]
    private let words: [Word]

    init(_ piece: Substring) {
        original = Array(piece.unicodeScalars)
        lower = PreparedText.folded(original)
        var words: [Word] = []
        var index = 0
        while index < lower.count {
            let start = index
            while index < lower.count, Self.isWord(lower[index]) { index += 1 }
            if index > start {
                words.append(
                    Word(text: String(String.UnicodeScalarView(lower[start..<index])), range: start..<index))
            } else {
                index += 1
            }
        }
        self.words = words
    }

    /// Why it is to be taken out; nil where it isn't.
    func reason(
        fields: Set<String>, values: [[Unicode.Scalar]], options: [String: Set<String>]
    ) -> SteeringScanner.Reason? {
        if isTurn { return .role }
        if speaksToMachine { return .addressee }
        if dropsRules { return .instructions }
        if values.contains(where: stands) || setsField(fields) || namesCode(options) { return .field }
        if claimsApproval { return .approval }
        if wantsDisclosure { return .disclosure }
        if holdsEncodedText { return .encoded }
        return nil
    }

    // MARK: Roles

    private static let turns = ["assistant", "tool_result", "tool_call"].map { Array($0.unicodeScalars) }
    private static let shoutedTurns = ["SYSTEM", "DEVELOPER", "ASSISTANT", "TOOL_RESULT"].map {
        Array($0.unicodeScalars)
    }

    private static let headings: Set<String> = [
        "message", "prompt", "note", "notice", "instruction", "instructions", "override",
    ]

    private static let headingMarks = Set("=#*[<-_>".unicodeScalars)
    private static let headingLength = 6

    /// Whether it is the heading of a forged message, `=== SYSTEM NOTE ===` or `SYSTEM NOTE:`, and no sentence about one.
    var isHeading: Bool {
        guard let first = words.first, words.count <= Self.headingLength else { return false }
        let parts = first.text.split(separator: "_").map(String.init)
        let names = parts.count > 1 ? parts : words.prefix(2).map(\.text)
        guard names.count == 2, names[0] == "system", Self.headings.contains(names[1]),
            parts.count > 1 || isNext(1, apart: " ]):*-")
        else { return false }
        let marks = lower.filter { !PreparedText.isSpace($0) }
        return marks.first.map(Self.headingMarks.contains) == true || marks.last == ":"
    }

    /// Whether it begins with a role's name and a colon or bracket, after marks and a time of day, or holds the mark of
    /// a turn.
    private var isTurn: Bool {
        if words.contains(where: { $0.text.contains("tool_result") }) || occurs("<|im_", in: lower) { return true }
        for start in lower.indices {
            if Self.turns.contains(where: { beginsTurn($0, lower, start, ":{[") })
                || Self.shoutedTurns.contains(where: { beginsTurn($0, original, start, ":{") })
            {
                return true
            }
            // The `T` and `Z` are those of a point in time.
            let scalar = original[start]
            guard !Self.isWord(scalar) || PreparedText.isDigit(scalar) || scalar == "T" || scalar == "Z" else {
                return false
            }
        }
        return false
    }

    private func beginsTurn(
        _ name: [Unicode.Scalar], _ text: [Unicode.Scalar], _ start: Int, _ marks: String
    ) -> Bool {
        guard Self.has(name, text, start) else { return false }
        var end = start + name.count
        // White space is skipped once: it is part of no name.
        while end < text.count, PreparedText.isSpace(text[end]) { end += 1 }
        return end < text.count && marks.unicodeScalars.contains(text[end])
    }

    // MARK: Addressees

    private static let addressed: Set<String> = ["ki", "ai", "ia", "llm", "bot", "assistant", "agent", "model"]
    private static let called: Set<String> = ["ki", "ai", "ia", "llm", "bot", "assistant"]
    private static let sorters = ["bot", "agent", "system", "assistant", "must", "model"]
    private static let greetings: [[String]] = [
        ["an", "die"], ["to", "the"], ["to", "an"], ["dear"], ["note", "to"], ["hey"], ["hello"], ["à", "l"],
        ["a", "la"],
    ]

    /// Words that a note begins with, and the word behind each that says whom it is for.
    private static let notices: [String: Set<String>] = [
        "note": ["to", "for", "pour", "à", "au"], "notice": ["to", "for"], "instruction": ["to", "for"],
        "instructions": ["to", "for", "pour"], "hinweis": ["an", "für", "fuer"], "anweisung": ["an", "für", "fuer"],
        "notiz": ["an", "für", "fuer"], "nota": ["para", "al", "a", "per"], "aviso": ["para", "al", "a"],
        "mensaje": ["para", "al", "a"], "remarque": ["pour", "à"], "consigne": ["pour", "à"], "avviso": ["per", "al"],
        "uwaga": ["dla", "do"], "notatka": ["dla", "do"],
    ]
    /// Beginnings of names for what sorts texts.
    private static let sorting = [
        "sorter", "sortierer", "sortierprogramm", "sortiersystem", "klassifizierer", "klassifikator", "classifier",
        "classific", "clasificador", "klasyfikator", "sztuczn",
    ]

    /// A note at the beginning, right behind it for whom, and within three words what sorts.
    private var isNoticeToSorter: Bool {
        for index in words.indices.prefix(3) {
            guard let toward = Self.notices[words[index].text], index + 1 < words.count,
                toward.contains(words[index + 1].text), isNext(index + 1, apart: " ")
            else { continue }
            // An article or an adjective may stand in between.
            return words[(index + 2)...].prefix(3).contains { word in
                Self.called.contains(word.text) || Self.sorting.contains { word.text.hasPrefix($0) }
            }
        }
        return false
    }

    private var speaksToMachine: Bool {
        if isNoticeToSorter { return true }
        for (index, word) in words.enumerated() {
            if Self.called.contains(word.text), isCalled(word) { return true }
            if index > 0, isNext(index, apart: " ") {
                let before = words[index - 1].text
                if before == "automated" && word.text.hasPrefix("triage")
                    || before == "language" && word.text.hasPrefix("model")
                    || before == "triage" && Self.sorters.contains(where: { word.text.hasPrefix($0) })
                {
                    return true
                }
            }
            if Self.addressed.contains(word.text), Self.greetings.contains(where: { precedes($0, index) }) {
                return true
            }
        }
        return false
    }

    /// `AI, ...` or `AI: ...`.
    private func isCalled(_ word: Word) -> Bool {
        var end = word.range.upperBound
        while end < lower.count, PreparedText.isSpace(lower[end]) { end += 1 }
        return end + 1 < lower.count && (lower[end] == "," || lower[end] == ":") && PreparedText.isSpace(lower[end + 1])
    }

    /// Whether the words of a greeting stand right before the word at `index`.
    private func precedes(_ greeting: [String], _ index: Int) -> Bool {
        guard index >= greeting.count else { return false }
        for (offset, word) in greeting.enumerated() {
            let place = index - greeting.count + offset
            guard words[place].text == word, isNext(place + 1, apart: " '\u{2019}") else { return false }
        }
        return true
    }

    /// Whether at most three characters, each one of `apart`, stand between the word at `index` and the one before it.
    private func isNext(_ index: Int, apart: String) -> Bool {
        let gap = lower[words[index - 1].range.upperBound..<words[index].range.lowerBound]
        return gap.count <= 3
            && gap.allSatisfy { apart.unicodeScalars.contains($0) || PreparedText.isSpace($0) }
    }

    // MARK: Orders

    private static let dropping: Set<String> = [
        "ignore", "disregard", "forget", "override", "bypass", "ignoriere", "vergiss", "ignora", "olvida", "ignorez",
        "oublie", "oubliez", "dimentica",
    ]
    private static let rules = [
        "instruct", "rules", "prompt", "polic", "anweisung", "regeln", "instrucciones", "reglas", "consignes",
        "instructions", "istruzioni",
    ]

    private static let modes: [[String]] = [
        ["you", "are", "now"], ["from", "now", "on", "you"], ["maintenance", "mode"], ["developer", "mode"],
    ]

    private var dropsRules: Bool {
        let isFollowed = follows(
            within: 60, { Self.dropping.contains($0) },
            { word in Self.rules.contains(where: { word.hasPrefix($0) }) })
        return isFollowed || Self.modes.contains(where: holdsPhrase)
    }

    private static let grants = ["granted", "operator", "maintainer", "admin"]
    private static let deciders: Set<String> = ["operator", "maintainer", "maintainers", "admin", "admins"]
    private static let agreements = ["approved", "agreed", "authorized", "authorised"]

    private var claimsApproval: Bool {
        if words.contains(where: { $0.text.contains("auto_approve") || $0.text.contains("autoapprove") }) {
            return true
        }
        if follows(
            within: 30, { $0 == "approval" || $0 == "approved" },
            { word in Self.grants.contains(where: { word.hasPrefix($0) }) })
        {
            return true
        }
        return words.indices.dropFirst(2).contains { index in
            Self.deciders.contains(words[index - 2].text)
                && (words[index - 1].text == "has" || words[index - 1].text == "have")
                && Self.agreements.contains(where: { words[index].text.hasPrefix($0) })
                && isNext(index - 1, apart: " ") && isNext(index, apart: " ")
        }
    }

    private static let giving: Set<String> = ["post", "print", "send", "output", "reveal", "repeat", "publish"]
    private static let whose: Set<String> = ["all", "other", "last", "full", "your", "system", "every"]
    private static let belongings = [
        "tickets", "reports", "prompt", "addresses", "secrets", "tokens", "passwords", "conversation",
    ]

    private var wantsDisclosure: Bool {
        let reach = 40
        var verbEnd: Int?
        var whoseEnd: Int?
        for word in words {
            if let end = whoseEnd, word.range.lowerBound - end <= reach,
                Self.belongings.contains(where: { word.text.hasPrefix($0) })
            {
                return true
            }
            if let end = verbEnd, word.range.lowerBound - end <= reach, Self.whose.contains(word.text) {
                whoseEnd = word.range.upperBound
            }
            if Self.giving.contains(word.text) { verbEnd = word.range.upperBound }
        }
        return false
    }

    /// Whether a word of the second kind starts at most so many characters behind one of the first kind.
    private func follows(within reach: Int, _ first: (String) -> Bool, _ second: (String) -> Bool) -> Bool {
        // The last one of the first kind is the nearest.
        var end: Int?
        for word in words {
            if let end, word.range.lowerBound - end <= reach, second(word.text) { return true }
            if first(word.text) { end = word.range.upperBound }
        }
        return false
    }

    private func holdsPhrase(_ phrase: [String]) -> Bool {
        words.indices.contains { start in
            start + phrase.count <= words.count
                && phrase.indices.allSatisfy { offset in
                    words[start + offset].text == phrase[offset] && (offset == 0 || isNext(start + offset, apart: " "))
                }
        }
    }

    // MARK: Fields

    private static let orders: Set<String> = [
        "set", "setze", "mark", "label", "classify", "assign", "must", "should", "output", "add",
    ]

    /// Whether something is assigned to a field, as a machine or an order does it: prose may say "severity: unclear" of
    /// something else.
    private func setsField(_ fields: Set<String>) -> Bool {
        guard !fields.isEmpty else { return false }
        guard
            words.contains(where: { Self.orders.contains($0.text) })
                || lower.contains(where: { "\"'{}=[]".unicodeScalars.contains($0) })
        else { return false }
        var index = 0
        while index < lower.count {
            let start = index
            while index < lower.count, isFieldCharacter(lower[index]) { index += 1 }
            guard index > start else {
                index += 1
                continue
            }
            let name = lower[start..<index].drop { $0 == "_" }
            if fields.contains(String(String.UnicodeScalarView(name))), isAssigned(index) { return true }
        }
        return false
    }

    private static let parting: Set<String> = ["of", "von", "de", "d", "di", "z"]

    /// Whether it says a code of a field, such as `s2`, right behind the field's name, or anywhere where another field's
    /// name has one of its options right behind it.
    private func namesCode(_ options: [String: Set<String>]) -> Bool {
        guard !options.isEmpty else { return false }
        // A longer name may have an ending: `componente`.
        func isName(_ word: String, of field: String) -> Bool {
            word == field || field.count >= 6 && word.hasPrefix(field)
        }
        func isCode(_ word: String, of field: String) -> Bool {
            Self.isCode(word) && options[field]?.contains(word) == true
        }
        let isOwn = options.keys.contains { field in
            follows(within: 12, { isName($0, of: field) }, { isCode($0, of: field) })
        }
        if isOwn { return true }
        guard words.contains(where: { word in options.keys.contains { isCode(word.text, of: $0) } }) else {
            return false
        }
        return options.contains { field, names in
            words.indices.dropLast().contains { index in
                guard isName(words[index].text, of: field) else { return false }
                // At most a short word stands in between, `kind is wish`, but not `kind of bug`.
                let next = words[index + 1]
                if names.contains(next.text) { return next.range.lowerBound - words[index].range.upperBound <= 4 }
                guard index + 2 < words.count, next.text.count <= 3, !Self.parting.contains(next.text) else {
                    return false
                }
                return names.contains(words[index + 2].text)
                    && words[index + 2].range.lowerBound - next.range.upperBound <= 3
            }
        }
    }

    private static func isCode(_ word: String) -> Bool {
        word.unicodeScalars.contains(where: PreparedText.isDigit)
            && word.unicodeScalars.contains(where: \.properties.isAlphabetic)
    }

    private func isFieldCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic
    }

    private static let assignments = ["to", "must be", "should be", "auf"].map { Array($0.unicodeScalars) }

    /// Whether what stands at `index`, right behind a name, assigns something to it.
    private func isAssigned(_ index: Int) -> Bool {
        var index = index
        if index < lower.count, lower[index] == "\"" || lower[index] == "'" { index += 1 }
        while index < lower.count, PreparedText.isSpace(lower[index]) { index += 1 }
        guard index < lower.count else { return false }
        if lower[index] == "=" || lower[index] == ":" { return true }
        return Self.assignments.contains { words in
            let end = index + words.count
            return Self.has(words, lower, index) && end < lower.count && PreparedText.isSpace(lower[end])
        }
    }

    /// Whether `value` stands in it with nothing of a word around it.
    private func stands(_ value: [Unicode.Scalar]) -> Bool {
        func belongs(_ index: Int) -> Bool {
            lower.indices.contains(index) && (Self.isWord(lower[index]) || lower[index] == "-")
        }
        return lower.indices.contains { start in
            Self.has(value, lower, start) && !belongs(start - 1) && !belongs(start + value.count)
        }
    }

    // MARK: Encoded texts

    /// Whether a run of Base64 in it is a readable text of several words.
    private var holdsEncodedText: Bool {
        var index = 0
        while index < original.count {
            let start = index
            while index < original.count, Self.isEncoding(original[index]) { index += 1 }
            guard index > start else {
                index += 1
                continue
            }
            guard index - start >= 24 else { continue }
            let bytes = Base64Bytes.decoded(original[start..<index].map { UInt8($0.value) })
            let isReadable = bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a || $0 >= 0xc2 }
            if bytes.count >= 16, isReadable, bytes.contains(0x20) { return true }
        }
        return false
    }

    /// A character of Base64 in one of its two alphabets.
    private static func isEncoding(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (isWord(scalar) || scalar == "+" || scalar == "/" || scalar == "-")
    }

    // MARK: Scalars

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool { PreparedText.isWord(scalar) }

    private static func has(_ wanted: [Unicode.Scalar], _ text: [Unicode.Scalar], _ start: Int) -> Bool {
        guard start + wanted.count <= text.count else { return false }
        for index in wanted.indices where text[start + index] != wanted[index] { return false }
        return true
    }

    private func occurs(_ mark: String, in text: [Unicode.Scalar]) -> Bool {
        let wanted = Array(mark.unicodeScalars)
        return text.indices.contains { Self.has(wanted, text, $0) }
    }
}
