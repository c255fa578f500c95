import JSONSchemas

/// What a node's own keywords and constants say about a value of one type.
extension GoalBook {
    /// No text is as long that a bound from here on could be met.
    static let countLimit = 1 << 28

    /// Refuses what no text is long enough for.
    private func refuseCount(_ count: Int, _ keyword: String, _ node: JSONSchema.Node) throws(GrammarError) {
        guard count >= Self.countLimit else { return }
        throw GrammarError(
            .stateLimit(limit: Self.countLimit), at: node.pointer,
            "`\(keyword)` asks for \(Self.countLimit) or more")
    }

    /// The smaller of two bounds, the second as far as it can be met.
    private static func least(_ bound: Int?, _ other: Int) -> Int { min(bound ?? countLimit, other, countLimit) }

    /// Takes in all keywords of a node but its applicators.
    mutating func takeOwn(
        _ literal: Literal, _ type: ValueType, into branch: inout Branch
    ) throws(GrammarError) -> Bool {
        let schema = literal.schema
        let index = literal.index
        guard !schemas[schema].nodes[index].types.isDisjoint(with: type.bits) else { return false }
        guard takeValues(literal, type, into: &branch) else { return false }
        switch type {
        case .null, .boolean: return true
        case .number: takeOwnNumber(schemas[schema].nodes[index], into: &branch.draft.number)
        case .string: try takeOwnString(schemas[schema].nodes[index], into: &branch.draft.string)
        case .array: try takeOwnArray(literal, into: &branch.draft.array)
        case .object: try takeOwnObject(literal, into: &branch.draft.object)
        }
        return true
    }

    private func takeOwnNumber(_ node: JSONSchema.Node, into draft: inout NumberDraft) {
        if !node.types.contains(.number) { draft.isInteger = true }
        if let bound = node.minimum { draft.raise(to: NumberBound(value: bound, isExclusive: false)) }
        if let bound = node.maximum { draft.lower(to: NumberBound(value: bound, isExclusive: false)) }
        if let bound = node.exclusiveMinimum { draft.raise(to: NumberBound(value: bound, isExclusive: true)) }
        if let bound = node.exclusiveMaximum { draft.lower(to: NumberBound(value: bound, isExclusive: true)) }
        if let multiple = node.multipleOf { draft.take(multiple: multiple) }
    }

    func takeOwnString(_ node: JSONSchema.Node, into draft: inout StringDraft) throws(GrammarError) {
        try refuseCount(node.minLength, "minLength", node)
        draft.minLength = max(draft.minLength, node.minLength)
        if let longest = node.maxLength { draft.maxLength = Self.least(draft.maxLength, longest) }
        if let pattern = node.pattern { draft.take(SignedPattern(pattern: pattern, isNegative: false)) }
        if let format = node.format {
            draft.take(SignedPattern(pattern: format.pattern, isNegative: false))
            if let longest = format.maxLength { draft.maxLength = min(draft.maxLength ?? .max, longest) }
            if !format.isExact { draft.isNarrowed = true }
        }
    }

    private func takeOwnArray(_ literal: Literal, into draft: inout ArrayDraft) throws(GrammarError) {
        let node = schemas[literal.schema].nodes[literal.index]
        try refuseCount(node.minItems, "minItems", node)
        if !node.prefixItems.isEmpty || node.items != nil { draft.atoms.append(literal) }
        draft.minItems = max(draft.minItems, node.minItems)
        if let most = node.maxItems { draft.maxItems = Self.least(draft.maxItems, most) }
        if node.uniqueItems { draft.isUnique = true }
        if let contained = node.contains, node.minContains > 0 || node.maxContains != nil {
            try refuseCount(node.minContains, "minContains", node)
            let most = node.maxContains.map { Self.least(nil, $0) }
            draft.counted.append((literal.moved(to: contained), node.minContains, most))
        }
    }

    private func takeOwnObject(_ literal: Literal, into draft: inout ObjectDraft) throws(GrammarError) {
        let node = schemas[literal.schema].nodes[literal.index]
        try refuseCount(node.minProperties, "minProperties", node)
        draft.atoms.append(.literal(literal))
        for name in node.required { draft.require(name) }
        draft.minProperties = max(draft.minProperties, node.minProperties)
        if let most = node.maxProperties { draft.maxProperties = Self.least(draft.maxProperties, most) }
        if let names = node.propertyNames { draft.names.append(literal.moved(to: names)) }
    }

    // MARK: - Listed values and constants

    private mutating func takeValues(_ literal: Literal, _ type: ValueType, into branch: inout Branch) -> Bool {
        guard let values = schemas[literal.schema].nodes[literal.index].values else { return true }
        switch type {
        case .null: return values.contains(.null)
        case .boolean:
            var left: UInt8 = 0
            for case .bool(let value) in values { left |= value ? 2 : 1 }
            branch.draft.booleans &= left
            return branch.draft.booleans != 0
        case .number:
            let numbers = values.compactMap { JSONNumber($0) }
            branch.draft.number.take(values: numbers)
            return !numbers.isEmpty
        case .string:
            let texts = values.compactMap(\.stringValue)
            branch.draft.string.take(values: texts)
            return !texts.isEmpty
        case .array, .object:
            let fitting = values.filter { ValueType(of: $0) == type }
            guard !fitting.isEmpty else { return false }
            branch.choices.append(fitting.map { [.literal(constant($0))] })
            return true
        }
    }

    mutating func takeConstant(_ literal: Literal, _ type: ValueType, into branch: inout Branch) -> Bool {
        let value = value(of: literal)
        guard ValueType(of: value) == type else { return literal.isNegative }
        switch value {
        case .null: return !literal.isNegative
        case .bool(let value):
            branch.draft.booleans &= value != literal.isNegative ? 2 : 1
            return branch.draft.booleans != 0
        case .integer, .number:
            guard let number = JSONNumber(value) else { return true }
            if literal.isNegative {
                branch.draft.number.excluded.append(number)
            } else {
                branch.draft.number.take(values: [number])
            }
        case .string(let text):
            if literal.isNegative {
                branch.draft.string.excluded.append(text)
            } else {
                branch.draft.string.take(values: [text])
            }
        case .array(let elements):
            return takeConstant(elements, literal, into: &branch)
        case .object(let members):
            return takeConstant(members, literal, into: &branch)
        }
        return true
    }

    private mutating func takeConstant(
        _ elements: [JSONValue], _ literal: Literal, into branch: inout Branch
    ) -> Bool {
        guard literal.isNegative else {
            branch.draft.array.atoms.append(literal)
            branch.draft.array.minItems = max(branch.draft.array.minItems, elements.count)
            branch.draft.array.maxItems = min(branch.draft.array.maxItems ?? .max, elements.count)
            return true
        }
        var ways: [[Requirement]] = [[.array(.minItems(elements.count + 1))]]
        if !elements.isEmpty { ways.append([.array(.maxItems(elements.count - 1))]) }
        for (index, element) in elements.enumerated() {
            ways.append([.array(.placed(index, constant(element).negated))])
        }
        branch.choices.append(ways)
        return true
    }

    private mutating func takeConstant(
        _ members: JSONObject, _ literal: Literal, into branch: inout Branch
    ) -> Bool {
        guard literal.isNegative else {
            branch.draft.object.atoms.append(.literal(literal))
            for name in members.keys { branch.draft.object.require(name) }
            return true
        }
        branch.draft.object.different.append(members)
        return true
    }

    /// None of the values that a node lists.
    mutating func takeNotListed(_ literal: Literal, _ type: ValueType, into branch: inout Branch) -> Bool {
        let values = schemas[literal.schema].nodes[literal.index].values ?? []
        for value in values where ValueType(of: value) == type {
            let different = constant(value).negated
            guard !branch.taken.contains(different.negated) else { return false }
            guard takeConstant(different, type, into: &branch) else { return false }
        }
        return true
    }
}

extension NumberDraft {
    mutating func take(multiple: JSONNumber) {
        if !multiples.contains(multiple) { multiples.append(multiple) }
    }

    mutating func take(values: [JSONNumber]) {
        self.values = self.values.map { $0.filter(values.contains) } ?? values
    }

    mutating func take(_ requirement: NumberRequirement) {
        switch requirement {
        case .lower(let bound): raise(to: bound)
        case .upper(let bound): lower(to: bound)
        case .notInteger: nonMultiples.append(.integer(1))
        case .notMultiple(let number): nonMultiples.append(number)
        }
    }
}

extension StringDraft {
    mutating func take(_ language: SignedPattern) {
        if !languages.contains(language) { languages.append(language) }
    }

    mutating func take(values: [String]) {
        guard let known = self.values else {
            self.values = values
            return
        }
        let wanted = Set(values.map { Array($0.utf8) })
        self.values = known.filter { wanted.contains(Array($0.utf8)) }
    }

    mutating func take(_ requirement: StringRequirement) {
        switch requirement {
        case .minLength(let length): minLength = max(minLength, length)
        case .maxLength(let length): maxLength = min(maxLength ?? .max, length)
        case .notMatching(let pattern): take(SignedPattern(pattern: pattern, isNegative: true))
        }
    }
}

extension ArrayDraft {
    mutating func take(_ requirement: ArrayRequirement) {
        switch requirement {
        case .minItems(let count): minItems = max(minItems, count)
        case .maxItems(let count): maxItems = min(maxItems ?? .max, count)
        case .placed(let position, let literal):
            minItems = max(minItems, position + 1)
            placed.append((position, literal))
        case .wanted(let start, let literal):
            minItems = max(minItems, start + 1)
            wanted.append((start, literal))
        case .counted(let literal, let minimum, let maximum): counted.append((literal, minimum, maximum))
        case .notUnique:
            isNotUnique = true
            minItems = max(minItems, 2)
        case .rest(let items, let literal):
            if !items.isEverything { rests.append((items.count, literal, items.fitting)) }
        }
    }
}

extension ObjectDraft {
    mutating func take(_ requirement: ObjectRequirement) {
        switch requirement {
        case .required(let name): require(name)
        case .forbidden(let name): forbid(name)
        case .minProperties(let count): minProperties = max(minProperties, count)
        case .maxProperties(let count): maxProperties = min(maxProperties ?? .max, count)
        case .member(let name, let literal):
            require(name)
            placed.append((name, literal))
        case .wanted(let member): wanted.append(member)
        case .broken(let literal): if !broken.contains(literal) { broken.append(literal) }
        case .rest(let keys, let literal):
            if !keys.isEverything { atoms.append(.rest(keys, literal)) }
        }
    }
}
