import JSONSchemas

/// From drafts of objects to shapes.
extension GoalBook {
    mutating func addObjects(
        _ drafts: [ObjectDraft], of goal: Int32, to found: inout [Alternative]
    ) throws(GrammarError) {
        for draft in drafts {
            do {
                guard let shape = try shape(of: draft) else { continue }
                objects.append(shape)
                found.append(.object(Int32(objects.count - 1)))
            } catch {
                throw GrammarError(error.code, at: error.pointer ?? pointer(of: goal), error.reason)
            }
        }
    }

    private static let wantedLimit = 8

    /// Names as a goal about keys allows them.
    private struct NameTest {
        var drafts: [StringDraft]
    }

    private mutating func shape(of draft: ObjectDraft) throws(GrammarError) -> ObjectShape? {
        guard draft.wanted.count <= Self.wantedLimit,
            draft.wanted.count + draft.broken.count + draft.different.count <= ObjectShape.pendingLimit
        else {
            throw GrammarError(
                .stateLimit(limit: ObjectShape.pendingLimit),
                "`not`, `oneOf` or `uniqueItems` asks for more than an object can be watched for")
        }
        var tests: [NameTest] = []
        for literal in draft.names { tests.append(NameTest(drafts: try drafts(of: [literal], .string).map(\.string))) }
        var unfitTests: [Int: NameTest] = [:]
        for (index, wanted) in draft.wanted.enumerated() {
            guard case .unfit(let literal) = wanted.keys else { continue }
            unfitTests[index] = NameTest(drafts: try drafts(of: [literal.negated], .string).map(\.string))
        }
        var shape = ObjectShape()
        shape.minimum = draft.minProperties
        shape.maximum = draft.maxProperties
        shape.wanted = draft.wanted.map(\.literal)
        shape.brokenCount = draft.broken.count
        shape.different = draft.different.map { Int32($0.count) }
        let names = names(in: draft, tests + unfitTests.values)
        for name in names {
            var literals = try memberLiterals(name, draft)
            for test in tests where literals != nil {
                var fits = false
                for draft in test.drafts where try self.fits(name, draft) { fits = true }
                if !fits { literals = nil }
            }
            let isRequired = draft.required.contains { $0.isSame(as: name) }
            guard literals != nil || !isRequired else { return nil }
            var eligible: UInt32 = 0
            for (index, wanted) in draft.wanted.enumerated() where literals != nil {
                if try meets(name, wanted.keys, unfitTests[index]) { eligible |= 1 << UInt32(index) }
            }
            let list = literals ?? []
            var member = ObjectShape.Member(
                key: StringLexeme.contents(of: name), literals: list, goal: goal(list), isRequired: isRequired,
                isPossible: literals != nil, eligible: eligible)
            for (index, literal) in draft.broken.enumerated() {
                let bit: UInt32 = 1 << UInt32(draft.wanted.count + index)
                for way in try breaks(name, literal) { member.breaks.append((bit, way)) }
                if schemas[literal.schema].nodes[literal.index].isRequired(name) { member.absenceBreaks |= bit }
            }
            for (index, other) in draft.different.enumerated() {
                guard let value = other[name] else { continue }
                let bit = shape.differentBit(index)
                let rival = constant(value)
                if let known = member.rivals.firstIndex(where: { $0.value == rival }) {
                    member.rivals[known].bits |= bit
                } else {
                    member.rivals.append((rival, bit))
                }
            }
            shape.members.append(member)
            if isRequired {
                shape.requiredEnd = shape.members.count
                shape.requiredCount += 1
            }
        }
        shape.names = ByteTrie(shape.members.map(\.key))
        var required = shape.members.count - 1
        shape.nextRequired = [Int](repeating: required, count: shape.members.count)
        for index in shape.members.indices.reversed() {
            if shape.members[index].isRequired { required = index }
            shape.nextRequired[index] = required
        }
        if let most = shape.maximum, most < max(shape.minimum, shape.requiredCount) { return nil }
        try addKeyClasses(to: &shape, draft, tests, unfitTests)
        shape.isOpen =
            options.additionalMembers == .asSchema || isMentioned(draft) || !shape.wanted.isEmpty
            || !shape.different.isEmpty || shape.brokenCount > 0
            || shape.minimum > shape.members.count(where: \.isPossible)
        if !shape.isOpen { shape.keyClasses = [] }
        return shape
    }

    /// All names that are told apart, in the order in which members come.
    private func names(in draft: ObjectDraft, _ tests: [NameTest]) -> [String] {
        var names: [String] = []
        var seen: Set<[UInt8]> = []
        func add(_ name: String) {
            if seen.insert(Array(name.utf8)).inserted { names.append(name) }
        }
        for atom in draft.atoms {
            switch atom {
            case .literal(let literal) where literal.isConstant:
                for name in value(of: literal).objectValue?.keys ?? [] { add(name) }
            case .literal(let literal):
                for property in schemas[literal.schema].nodes[literal.index].properties { add(property.name) }
            case .rest(let keys, _):
                for name in keys.names { add(name) }
            }
        }
        for name in draft.required { add(name) }
        for name in draft.forbidden { add(name) }
        for wanted in draft.wanted {
            switch wanted.keys {
            case .undescribed(let literal) where literal.isConstant:
                for name in value(of: literal).objectValue?.keys ?? [] { add(name) }
            case .undescribed(let literal):
                for property in schemas[literal.schema].nodes[literal.index].properties { add(property.name) }
            case .unevaluated(let keys):
                for name in keys.names { add(name) }
            case .matches, .unfit: break
            }
        }
        for literal in draft.broken {
            let node = schemas[literal.schema].nodes[literal.index]
            for property in node.properties { add(property.name) }
            for name in node.required { add(name) }
        }
        for other in draft.different {
            for name in other.keys { add(name) }
        }
        for test in tests {
            for draft in test.drafts {
                for name in draft.values ?? [] { add(name) }
                for name in draft.excluded { add(name) }
            }
        }
        return names
    }

    /// What the value of the member `name` must fit; `nil` if it mustn't be there.
    mutating func memberLiterals(_ name: String, _ draft: ObjectDraft) throws(GrammarError) -> [Literal]? {
        if draft.forbidden.contains(where: { $0.isSame(as: name) }) { return nil }
        var literals: [Literal] = []
        for atom in draft.atoms {
            switch atom {
            case .literal(let literal) where literal.isConstant:
                guard let member = value(of: literal).objectValue?[name] else { return nil }
                literals.append(constant(member))
            case .literal(let literal):
                let (schema, index) = (literal.schema, literal.index)
                var isDescribed = false
                for property in schemas[schema].nodes[index].properties where property.name.isSame(as: name) {
                    literals.append(literal.moved(to: property.node))
                    isDescribed = true
                }
                for property in schemas[schema].nodes[index].patternProperties
                where try matches(name, property.pattern) {
                    literals.append(literal.moved(to: property.node))
                    isDescribed = true
                }
                if isDescribed { continue }
                switch schemas[schema].nodes[index].additionalProperties {
                case .unspecified, .open: break
                case .closed: return nil
                case .schema(let node): literals.append(literal.moved(to: node))
                }
            case .rest(let keys, let literal):
                if try !isEvaluated(name, keys) { literals.append(literal) }
            }
        }
        for (placed, literal) in draft.placed where placed.isSame(as: name) { literals.append(literal) }
        if literals.contains(where: { !$0.isConstant && !$0.isNegative && schemas[$0.schema].nodes[$0.index].isFalse })
        {
            return nil
        }
        return literals
    }

    /// What the value of the member `name` may fit to break a node's words about members; `nil` where its being there is
    /// enough.
    private func breaks(_ name: String, _ literal: Literal) throws(GrammarError) -> [Literal?] {
        let node = schemas[literal.schema].nodes[literal.index]
        var ways: [Literal?] = []
        for property in node.properties where property.name.isSame(as: name) {
            ways.append(literal.moved(to: property.node, isNegative: true))
        }
        for property in node.patternProperties where try matches(name, property.pattern) {
            ways.append(literal.moved(to: property.node, isNegative: true))
        }
        guard ways.isEmpty else { return ways }
        switch node.additionalProperties {
        case .unspecified, .open: return []
        case .closed: return [nil]
        case .schema(let part): return [literal.moved(to: part, isNegative: true)]
        }
    }

    private func matches(_ name: String, _ pattern: StringPattern) throws(GrammarError) -> Bool {
        try patterns.automaton(of: pattern, stateLimit: options.stateLimit).label(of: name) & 1 != 0
    }

    private func isEvaluated(_ name: String, _ keys: EvaluatedKeys) throws(GrammarError) -> Bool {
        if keys.isEverything || keys.names.contains(where: { $0.isSame(as: name) }) { return true }
        for pattern in keys.patterns where try matches(name, pattern) { return true }
        return false
    }

    private func meets(_ name: String, _ condition: KeyCondition, _ unfit: NameTest?) throws(GrammarError) -> Bool {
        switch condition {
        case .matches(let pattern): return try matches(name, pattern)
        case .undescribed(let literal) where literal.isConstant:
            return value(of: literal).objectValue?[name] == nil
        case .undescribed(let literal):
            let node = schemas[literal.schema].nodes[literal.index]
            if node.properties.contains(where: { $0.name.isSame(as: name) }) { return false }
            for property in node.patternProperties where try matches(name, property.pattern) { return false }
            return true
        case .unevaluated(let keys): return try !isEvaluated(name, keys)
        case .unfit:
            for draft in unfit?.drafts ?? [] where try fits(name, draft) { return true }
            return false
        }
    }

    /// Whether the schema speaks of members that it doesn't name, or of no object at all.
    private func isMentioned(_ draft: ObjectDraft) -> Bool {
        var isSilent = true
        for atom in draft.atoms {
            guard case .literal(let literal) = atom, !literal.isConstant else { return true }
            let node = schemas[literal.schema].nodes[literal.index]
            if !node.patternProperties.isEmpty { return true }
            switch node.additionalProperties {
            case .open, .schema: return true
            case .closed: isSilent = false
            case .unspecified:
                if node.types != .any || !node.properties.isEmpty { isSilent = false }
            }
        }
        return isSilent
    }
}

// MARK: - Keys without a name

extension GoalBook {
    /// The patterns and lengths that tell keys apart, each with its bit.
    private struct KeyParts {
        var names: [KeyPart] = []
        var automata: [PatternAutomaton] = []

        mutating func add(_ name: KeyPart, _ automaton: @autoclosure () throws(GrammarError) -> PatternAutomaton)
            throws(GrammarError)
        {
            guard !names.contains(name) else { return }
            names.append(name)
            automata.append(try automaton())
        }

        func holds(_ name: KeyPart, _ label: UInt64) -> Bool {
            names.firstIndex(of: name).map { label >> UInt64($0) & 1 != 0 } ?? true
        }

        func holds(_ pattern: StringPattern, _ label: UInt64) -> Bool { holds(KeyPart(pattern), label) }
    }

    private mutating func addKeyClasses(
        to shape: inout ObjectShape, _ draft: ObjectDraft, _ tests: [NameTest], _ unfitTests: [Int: NameTest]
    ) throws(GrammarError) {
        var parts = KeyParts()
        for pattern in keyPatterns(draft) {
            try parts.add(
                KeyPart(pattern), try patterns.automaton(of: pattern, stateLimit: options.stateLimit))
        }
        for test in tests + unfitTests.values {
            for draft in test.drafts where draft.values == nil {
                for language in draft.languages {
                    try parts.add(
                        KeyPart(language.pattern),
                        try patterns.automaton(of: language.pattern, stateLimit: options.stateLimit))
                }
                guard let name = KeyPart(lengthsOf: draft) else { continue }
                guard max(draft.minLength, draft.maxLength ?? 0) <= options.stateLimit else {
                    throw GrammarError(
                        .stateLimit(limit: options.stateLimit),
                        "`propertyNames` has a length bound above \(options.stateLimit)")
                }
                try parts.add(name, PatternAutomaton.lengths(draft.minLength, draft.maxLength))
            }
        }
        guard parts.names.count <= 64 else {
            throw GrammarError(.stateLimit(limit: 64), "more than 64 patterns describe the keys of one object")
        }
        let keys = try PatternAutomaton.product(parts.automata, stateLimit: options.stateLimit)
        shape.keyParts = parts.names
        for label in Set(keys.labels).sorted() {
            func fits(_ test: NameTest) -> Bool {
                test.drafts.contains { draft in
                    draft.values == nil
                        && draft.languages.allSatisfy { parts.holds($0.pattern, label) != $0.isNegative }
                        && KeyPart(lengthsOf: draft).map { parts.holds($0, label) } ?? true
                }
            }
            guard tests.allSatisfy(fits) else { continue }
            guard let literals = classLiterals(draft, { parts.holds($0, label) }) else { continue }
            var eligible: UInt32 = 0
            for (index, wanted) in draft.wanted.enumerated() {
                let meets =
                    switch wanted.keys {
                    case .matches(let pattern): parts.holds(pattern, label)
                    case .undescribed(let literal) where literal.isConstant: true
                    case .undescribed(let literal):
                        !schemas[literal.schema].nodes[literal.index].patternProperties.contains {
                            parts.holds($0.pattern, label)
                        }
                    case .unevaluated(let keys):
                        !keys.isEverything && !keys.patterns.contains { parts.holds($0, label) }
                    case .unfit: unfitTests[index].map(fits) ?? false
                    }
                if meets { eligible |= 1 << UInt32(index) }
            }
            var keyClass = ObjectShape.KeyClass(
                label: label, literals: literals, goal: goal(literals), eligible: eligible)
            for (index, literal) in draft.broken.enumerated() {
                let bit: UInt32 = 1 << UInt32(draft.wanted.count + index)
                let node = schemas[literal.schema].nodes[literal.index]
                let described = node.patternProperties.filter { parts.holds($0.pattern, label) }
                for property in described {
                    keyClass.breaks.append((bit, literal.moved(to: property.node, isNegative: true)))
                }
                guard described.isEmpty else { continue }
                switch node.additionalProperties {
                case .unspecified, .open: break
                case .closed: keyClass.breaks.append((bit, nil))
                case .schema(let part): keyClass.breaks.append((bit, literal.moved(to: part, isNegative: true)))
                }
            }
            shape.keyClasses.append(keyClass)
        }
        if !shape.keyClasses.isEmpty { shape.keys = keys }
    }

    private func keyPatterns(_ draft: ObjectDraft) -> [StringPattern] {
        var found: [StringPattern] = []
        for atom in draft.atoms {
            switch atom {
            case .literal(let literal) where literal.isConstant: break
            case .literal(let literal):
                found += schemas[literal.schema].nodes[literal.index].patternProperties.map(\.pattern)
            case .rest(let keys, _): found += keys.patterns
            }
        }
        for literal in draft.broken {
            found += schemas[literal.schema].nodes[literal.index].patternProperties.map(\.pattern)
        }
        for wanted in draft.wanted {
            switch wanted.keys {
            case .matches(let pattern): found.append(pattern)
            case .undescribed(let literal) where literal.isConstant: break
            case .undescribed(let literal):
                found += schemas[literal.schema].nodes[literal.index].patternProperties.map(\.pattern)
            case .unevaluated(let keys): found += keys.patterns
            case .unfit: break
            }
        }
        return found
    }

    /// What values under keys of a class must fit; `nil` if there mustn't be any.
    private func classLiterals(_ draft: ObjectDraft, _ holds: (StringPattern) -> Bool) -> [Literal]? {
        var literals: [Literal] = []
        for atom in draft.atoms {
            switch atom {
            case .literal(let literal) where literal.isConstant: return nil
            case .literal(let literal):
                let node = schemas[literal.schema].nodes[literal.index]
                let described = node.patternProperties.filter { holds($0.pattern) }
                literals += described.map { literal.moved(to: $0.node) }
                guard described.isEmpty else { continue }
                switch node.additionalProperties {
                case .unspecified, .open: break
                case .closed: return nil
                case .schema(let node): literals.append(literal.moved(to: node))
                }
            case .rest(let keys, let literal):
                if !keys.patterns.contains(where: holds) { literals.append(literal) }
            }
        }
        if literals.contains(where: { !$0.isNegative && schemas[$0.schema].nodes[$0.index].isFalse }) { return nil }
        return literals
    }
}
