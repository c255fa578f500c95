/// What a failing case is known by: what is new in its input and where that stands, its brackets, and what the program said.
struct FailureFeatures {
    private static let ownMessageWeight = 4.0
    /// A comparison's sentence says less than the program's own.
    private static let comparisonWeight = 3.0
    private static let bracketWeight = 3.0
    private static let runWeight = 1.5
    private static let placeWeight = 1.5
    /// Of a single token the place says as much again.
    private static let solePlaceWeight = 1.2
    /// What the input says beside a comparison's sentence, a refusal's message, a crash's message, which is often that of a
    /// language and not of the program, and beside brackets that are left over.
    private static let besideComparison = 0.7
    private static let besideRefusal = 1.0
    private static let besideCrash = 1.3
    private static let besideBrackets = 0.5
    /// The marks of the word that is new, when there are at least three: `-:.` of a time, whatever is wrong with it.
    private static let wordWeight = 3.0
    private static let fewestWordMarks = 3
    private static let leastRarity = 0.5
    /// Two refusals with one message are less of a sign than three.
    private static let pairWeight = 0.5
    private static let contentWeight = 0.4
    private static let placeLimit = 2

    let forms: InputForms
    /// How many failing cases there are of a kind, and of a kind with one message.
    let kindCounts: [String: Int]
    let messageCounts: [String: Int]

    /// Failures of different kinds are never of one group.
    static func kind(of outcome: CaseOutcome) -> String {
        outcome.failure + (outcome.shouldAccept ? " +" : " -")
    }

    static func message(of outcome: CaseOutcome) -> String {
        kind(of: outcome) + " " + MessageShape.of(outcome.detail)
    }

    /// Features with their weights, in the order of their names, of length 1 together.
    func features(of outcome: CaseOutcome, tokens: [LexicalToken]) -> [(name: String, weight: Double)] {
        var found: [String: Double] = [:]
        func put(_ name: String, _ weight: Double) { found[name] = max(found[name] ?? 0, weight) }
        let isAccepted = outcome.failure == "invalid-accepted"
        var scale = 1.0
        var brackets: Set<String> = []
        if isAccepted {
            brackets = BracketBalance.leftovers(in: tokens)
            for bracket in brackets { put("bracket " + bracket, Self.bracketWeight) }
            if !brackets.isEmpty { scale = Self.besideBrackets }
        } else {
            put("message " + MessageShape.of(outcome.detail), messageWeight(of: outcome))
            scale =
                switch outcome.failure {
                case "wrong-value": Self.besideComparison
                case "valid-rejected": Self.besideRefusal
                default: Self.besideCrash
                }
        }
        if let novelty = forms.novelty(in: tokens, shouldAccept: outcome.shouldAccept), let first = novelty.places.first
        {
            for place in novelty.places.prefix(Self.placeLimit) {
                let run = tokens[place..<(place + novelty.length)].map { novelty.isExact ? $0.exact : $0.kind }
                for kind in run { for (name, weight) in weights(of: kind) { put("token " + name, scale * weight) } }
                if run.count > 1 {
                    put("run " + run.map(LexicalToken.common).joined(separator: " "), scale * Self.runWeight)
                }
            }
            // With the last token of the run it is new.
            let place = Self.place(of: first + novelty.length - 1, in: tokens)
            let marks = Self.wordMarks(around: first, in: tokens)
            if marks.count >= Self.fewestWordMarks, place != "quote" {
                put("word " + marks.joined(), scale * Self.wordWeight)
            }
            let weight =
                novelty.length == 1
                ? Self.solePlaceWeight * forms.rarity(of: tokens[first].kind) : Self.placeWeight
            // Beside a message, to stand nowhere in particular says nothing.
            if isAccepted || place != "line" { put("place " + place, scale * weight) }
        } else if brackets.isEmpty {
            for kind in Set(tokens.map(\.kind)) {
                for (name, weight) in weights(of: kind) { put("holds " + name, scale * weight * Self.contentWeight) }
            }
        }
        let length = found.sorted { $0.key < $1.key }.reduce(0.0) { $0 + $1.value * $1.value }.squareRoot()
        return found.sorted { $0.key < $1.key }.map { ($0.key, length > 0 ? $0.value / length : 0) }
    }

    /// A comparison's sentence that most wrong values have says less, and so does a message that two of many refusals share.
    private func messageWeight(of outcome: CaseOutcome) -> Double {
        let all = kindCounts[Self.kind(of: outcome)] ?? 1
        let same = messageCounts[Self.message(of: outcome)] ?? 1
        switch outcome.failure {
        case "wrong-value":
            let rarity = NaturalLogarithm.of(Double(all + 1) / Double(same))
            return Self.comparisonWeight * min(1, max(Self.leastRarity, rarity))
        case "valid-rejected" where same == 2 && all > 2: return Self.ownMessageWeight * Self.pairWeight
        default: return Self.ownMessageWeight
        }
    }

    /// Of a single letter, that it is one says more than which.
    private func weights(of kind: String) -> [(String, Double)] {
        let common = LexicalToken.common(kind)
        let rarity = forms.rarity(of: common)
        guard common.hasPrefix("letter ") else { return [(common, rarity)] }
        return [("letter", rarity * 0.6), (common, rarity * 0.2)]
    }

    /// What the token at `place` stands in or behind: quotation marks, a comment, or the last mark before its word.
    private static func place(of place: Int, in tokens: [LexicalToken]) -> String {
        let line = tokens[..<place].lastIndex { $0.kind == "line" } ?? 0
        let quotes = tokens[line..<place].count(where: \.isQuote)
        if quotes % 2 == 1, !tokens[place].isQuote { return "quote" }
        let start = tokens[...place].lastIndex(where: \.hasGap) ?? 0
        if start < place, tokens[start].kind == "note" { return "note" }
        let mark = tokens[..<start].last { token in
            !token.isWord && token.kind != "digits" && !token.kind.hasPrefix("letter")
        }
        return mark.map { LexicalToken.common($0.kind) } ?? "line"
    }

    /// The punctuation marks of the word, up to white space, in which the token at `place` stands: each once, in order.
    private static func wordMarks(around place: Int, in tokens: [LexicalToken]) -> [String] {
        let start = tokens[...place].lastIndex(where: \.hasGap) ?? 0
        let rest = tokens[(start + 1)...].prefix { !$0.hasGap && $0.kind != "line" && $0.kind != "end" }
        return Set((tokens[start...start] + rest).map(\.kind).filter { $0.count == 1 }).sorted()
    }
}
