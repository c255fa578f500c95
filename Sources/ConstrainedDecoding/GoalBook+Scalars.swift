import JSONSchemas

/// From drafts of strings and numbers to lexemes.
extension GoalBook {
    /// Whether none of the drafts of a type without parts has a value.
    mutating func isEmptyScalar(_ drafts: [Draft], _ type: ValueType) throws(GrammarError) -> Bool {
        switch type {
        case .null: return drafts.isEmpty
        case .boolean: return drafts.allSatisfy { $0.booleans == 0 }
        case .number:
            for draft in drafts where try number(of: draft.number) != nil { return false }
            return true
        case .string:
            for draft in drafts {
                if draft.string.isNarrowed { return false }
                if try string(of: draft.string) != nil { return false }
            }
            return true
        case .array, .object: preconditionFailure("Arrays and objects have parts.")
        }
    }

    // MARK: - Strings

    mutating func addStrings(
        _ drafts: [StringDraft], of goal: Int32, to found: inout [Alternative]
    ) throws(GrammarError) {
        var values: [[UInt8]] = []
        for draft in drafts {
            do {
                switch try string(of: draft) {
                case nil:
                    causes[goal] = draft.languages.isEmpty ? "no string fits" : "no string fits `pattern`"
                case .values(let texts)?:
                    values += texts.map { JSONValue.string($0).serializedBytes() }
                case .lexeme(let lexeme)?: found.append(add(.string(lexeme)))
                }
            } catch {
                throw GrammarError(error.code, at: error.pointer ?? pointer(of: goal), error.reason)
            }
        }
        if !values.isEmpty { found.append(add(.values(ValueTrie(values, .string)))) }
    }

    enum StringForm {
        case values([String])
        case lexeme(StringLexeme)
    }

    /// `nil` if no string fits.
    mutating func string(of draft: StringDraft) throws(GrammarError) -> StringForm? {
        if let values = draft.values {
            var fitting: [String] = []
            let excluded = Set(draft.excluded.map { Array($0.utf8) })
            var rest = draft
            rest.excluded = []
            rest.values = nil
            for text in values where !excluded.contains(Array(text.utf8)) {
                if try fits(text, rest) { fitting.append(text) }
            }
            return fitting.isEmpty ? nil : .values(fitting)
        }
        guard let language = try language(of: draft.languages) else { return nil }
        let longest =
            draft.maxLength
            ?? (min(options.stringLengthLimit, Self.countLimit) + draft.minLength + Int(language.distances[0]))
        let lexeme = try StringLexeme(
            language: language, minLength: draft.minLength, maxLength: longest, excluded: draft.excluded,
            stateLimit: options.stateLimit)
        return lexeme.map { .lexeme($0) }
    }

    func fits(_ text: String, _ draft: StringDraft) throws(GrammarError) -> Bool {
        let length = text.unicodeScalars.count
        guard length >= draft.minLength, length <= draft.maxLength ?? .max else { return false }
        if let values = draft.values, !values.contains(where: { $0.isSame(as: text) }) { return false }
        if draft.excluded.contains(where: { $0.isSame(as: text) }) { return false }
        for language in draft.languages {
            let automaton = try patterns.automaton(of: language.pattern, stateLimit: options.stateLimit)
            guard (automaton.label(of: text) & 1 != 0) != language.isNegative else { return false }
        }
        return true
    }

    private mutating func language(of parts: [SignedPattern]) throws(GrammarError) -> StringLanguage? {
        guard !parts.isEmpty else { return .everything }
        let sorted = parts.sorted { left, right in
            left.pattern.source.utf8.lexicographicallyPrecedes(right.pattern.source.utf8)
        }
        guard sorted.count <= 64 else {
            throw GrammarError(.stateLimit(limit: 64), "more than 64 patterns meet")
        }
        var accepted: UInt64 = 0
        for (index, part) in sorted.enumerated() where !part.isNegative { accepted |= 1 << UInt64(index) }
        let key = PatternCache.LanguageKey(
            parts: sorted.map { KeyPart($0.pattern) }, accepted: [accepted], isSubset: false)
        var stateCount = 0
        let language = try patterns.language(key) { () throws(GrammarError) in
            var automata: [PatternAutomaton] = []
            for part in sorted {
                automata.append(try patterns.automaton(of: part.pattern, stateLimit: options.stateLimit))
            }
            let product = try PatternAutomaton.product(
                automata, stateLimit: options.stateLimit, wanted: accepted)
            stateCount = product.stateCount
            return StringLanguage(product) { $0 == accepted }
        }
        // One that was known costs the same, so that a schema fares alike whatever came before it.
        if sorted.count > 1 { try spend(product: language?.labels.count ?? stateCount) }
        return language
    }

    /// Counts the states of a product as steps: many of them are built in the time of one combination.
    private mutating func spend(product stateCount: Int) throws(GrammarError) {
        productStates += stateCount + 8
        let steps = productStates / 64
        productStates %= 64
        try spend(steps)
    }

    // MARK: - Numbers

    mutating func addNumbers(
        _ drafts: [NumberDraft], of goal: Int32, to found: inout [Alternative]
    ) throws(GrammarError) {
        var texts: [[UInt8]] = []
        var distinct: Set<JSONNumber> = []
        for draft in drafts {
            do {
                switch try number(of: draft) {
                case nil: causes[goal] = "no number lies within `minimum` and `maximum`"
                case .values(let numbers)?:
                    distinct.formUnion(numbers)
                    texts += numbers.flatMap { spellings(of: $0) }
                case .lexeme(let lexeme)?: found.append(add(lexeme))
                }
            } catch {
                throw GrammarError(error.code, at: error.pointer ?? pointer(of: goal), error.reason)
            }
        }
        if !texts.isEmpty { found.append(add(.values(ValueTrie(texts, .number, count: distinct.count)))) }
    }

    enum NumberForm {
        case values([JSONNumber])
        case lexeme(Lexeme)
    }

    /// `nil` if no number fits.
    func number(of draft: NumberDraft) throws(GrammarError) -> NumberForm? {
        if let values = draft.values {
            var fitting: [JSONNumber] = []
            for number in values where try fits(number, draft) { fitting.append(number) }
            return fitting.isEmpty ? nil : .values(fitting)
        }
        let hasZeroFraction = options.numberForms == .all
        let lower = draft.lower.flatMap { draft.isInteger ? Self.inclusive($0, 1) : $0 }
        let upper = draft.upper.flatMap { draft.isInteger ? Self.inclusive($0, -1) : $0 }
        let isPlain = draft.multiples.isEmpty && draft.nonMultiples.isEmpty && draft.excluded.isEmpty
        if isPlain, lower?.isExclusive != true, upper?.isExclusive != true {
            return NumberLexeme(
                isInteger: draft.isInteger, minimum: lower?.value, maximum: upper?.value,
                digitLimit: options.numberDigitLimit, hasZeroFraction: hasZeroFraction
            ).map { .lexeme(.number($0)) }
        }
        return try LatticeLexeme(
            draft, digitLimit: options.numberDigitLimit, allowsZeroFraction: hasZeroFraction
        ).map { .lexeme(.lattice($0)) }
    }

    /// A whole number above 3 is at least 4.
    private static func inclusive(_ bound: NumberBound, _ step: Int) -> NumberBound {
        guard bound.isExclusive, case .integer(let value) = bound.value else { return bound }
        let (next, overflow) = value.addingReportingOverflow(step)
        return overflow ? bound : NumberBound(value: .integer(next), isExclusive: false)
    }

    private func fits(_ number: JSONNumber, _ draft: NumberDraft) throws(GrammarError) -> Bool {
        if draft.isInteger, !number.isInteger { return false }
        if let lower = draft.lower, number < lower.value || (lower.isExclusive && number == lower.value) {
            return false
        }
        if let upper = draft.upper, upper.value < number || (upper.isExclusive && number == upper.value) {
            return false
        }
        if draft.excluded.contains(number) { return false }
        guard !draft.multiples.isEmpty || !draft.nonMultiples.isEmpty else { return true }
        for (list, isWanted) in [(draft.multiples, true), (draft.nonMultiples, false)] {
            for multiple in list {
                guard let number = ExactDecimal(number), let multiple = ExactDecimal(multiple) else {
                    throw GrammarError(
                        .unsupported, "`multipleOf` meets a number with more than \(ExactDecimal.digitLimit) digits")
                }
                let scale = max(number.scale, multiple.scale)
                let rest = number.scaled(to: scale) % multiple.scaled(to: scale)
                guard (rest == 0) == isWanted else { return false }
            }
        }
        return true
    }

    private func spellings(of number: JSONNumber) -> [[UInt8]] {
        let text = number.description
        let plain = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        guard options.numberForms == .all, number.isInteger else { return [Array(plain.utf8)] }
        let sign = number < .integer(0) ? "-" : ""
        let digits = DecimalMagnitude(number).whole.map { Character(Unicode.Scalar($0 + 0x30)) }
        let whole = sign + String(digits)
        return [Array(whole.utf8), Array("\(whole).0".utf8)] + (plain == whole ? [] : [Array(plain.utf8)])
    }
}
