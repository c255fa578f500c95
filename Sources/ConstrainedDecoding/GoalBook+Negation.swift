import JSONSchemas

/// What it takes for a value not to fit a node: one broken keyword is enough.
extension GoalBook {
    mutating func takeNegative(
        _ literal: Literal, _ type: ValueType, into branch: inout Branch
    ) throws(GrammarError) -> Bool {
        let node = schemas[literal.schema].nodes[literal.index]
        if node.isFalse || node.types.isDisjoint(with: type.bits) { return true }
        var ways: [[Requirement]] = []
        if let values = node.values {
            guard values.contains(where: { ValueType(of: $0) == type }) else { return true }
            addUnlisted(values, literal, type, to: &ways)
        }
        switch type {
        case .null, .boolean: break
        case .number: addBrokenNumber(node, to: &ways)
        case .string: addBrokenString(node, to: &ways)
        case .array: addBrokenArray(node, literal, to: &ways)
        case .object: addBrokenObject(node, literal, to: &ways)
        }
        try addBrokenApplicators(node, literal, type, to: &ways)
        try addBrokenUnevaluated(node, literal, type, to: &ways)
        guard !ways.isEmpty else { return false }
        if ways.count == 1 {
            branch.pending += ways[0].reversed()
        } else {
            branch.choices.append(ways)
        }
        return true
    }

    /// What a lower bound is broken by, as an upper bound; `nil` if nothing breaks it.
    private static func fewer(than least: Int) -> Int? { least > 0 ? min(least, countLimit) - 1 : nil }

    /// What an upper bound is broken by, as a lower bound; `nil` if nothing does, or no text is long enough.
    private static func more(than most: Int?) -> Int? {
        guard let most, most < countLimit - 1 else { return nil }
        return most + 1
    }

    private mutating func addUnlisted(
        _ values: [JSONValue], _ literal: Literal, _ type: ValueType, to ways: inout [[Requirement]]
    ) {
        switch type {
        case .null: break
        case .boolean:
            for value in [false, true] where !values.contains(.bool(value)) {
                ways.append([.notBoolean(value ? 0 : 1)])
            }
        case .number, .string, .array, .object: ways.append([.notListed(literal)])
        }
    }

    private func addBrokenNumber(_ node: JSONSchema.Node, to ways: inout [[Requirement]]) {
        if !node.types.contains(.number) { ways.append([.number(.notInteger)]) }
        if let bound = node.minimum {
            ways.append([.number(.upper(NumberBound(value: bound, isExclusive: true)))])
        }
        if let bound = node.maximum {
            ways.append([.number(.lower(NumberBound(value: bound, isExclusive: true)))])
        }
        if let bound = node.exclusiveMinimum {
            ways.append([.number(.upper(NumberBound(value: bound, isExclusive: false)))])
        }
        if let bound = node.exclusiveMaximum {
            ways.append([.number(.lower(NumberBound(value: bound, isExclusive: false)))])
        }
        if let multiple = node.multipleOf { ways.append([.number(.notMultiple(multiple))]) }
    }

    private func addBrokenString(_ node: JSONSchema.Node, to ways: inout [[Requirement]]) {
        if let fewer = Self.fewer(than: node.minLength) { ways.append([.string(.maxLength(fewer))]) }
        if let more = Self.more(than: node.maxLength) { ways.append([.string(.minLength(more))]) }
        if let pattern = node.pattern { ways.append([.string(.notMatching(pattern))]) }
        if let format = node.format, format.isExact {
            ways.append([.string(.notMatching(format.pattern))])
            if let longest = format.maxLength { ways.append([.string(.minLength(longest + 1))]) }
        }
    }

    private func addBrokenArray(_ node: JSONSchema.Node, _ literal: Literal, to ways: inout [[Requirement]]) {
        if let fewer = Self.fewer(than: node.minItems) { ways.append([.array(.maxItems(fewer))]) }
        if let more = Self.more(than: node.maxItems) { ways.append([.array(.minItems(more))]) }
        for (index, part) in node.prefixItems.enumerated() {
            ways.append([.array(.placed(index, literal.moved(to: part, isNegative: true)))])
        }
        if let items = node.items {
            ways.append([.array(.wanted(node.prefixItems.count, literal.moved(to: items, isNegative: true)))])
        }
        if let contained = node.contains {
            let fits = literal.moved(to: contained)
            if let fewer = Self.fewer(than: node.minContains) {
                ways.append([.array(.counted(fits, minimum: 0, maximum: fewer))])
            }
            if let more = Self.more(than: node.maxContains) {
                ways.append([.array(.counted(fits, minimum: more, maximum: nil))])
            }
        }
        if node.uniqueItems { ways.append([.array(.notUnique)]) }
    }

    private func addBrokenObject(_ node: JSONSchema.Node, _ literal: Literal, to ways: inout [[Requirement]]) {
        let speaks =
            switch node.additionalProperties {
            case .unspecified, .open: false
            case .closed, .schema: true
            }
        if speaks || !node.required.isEmpty || !node.properties.isEmpty || !node.patternProperties.isEmpty {
            ways.append([.object(.broken(literal.positive))])
        }
        if let names = node.propertyNames {
            let keys = KeyCondition.unfit(literal.moved(to: names))
            ways.append([.object(.wanted(ObjectDraft.Wanted(keys: keys, literal: nil)))])
        }
        if let fewer = Self.fewer(than: node.minProperties) { ways.append([.object(.maxProperties(fewer))]) }
        if let more = Self.more(than: node.maxProperties) { ways.append([.object(.minProperties(more))]) }
        for dependent in node.dependentRequired {
            for name in dependent.required {
                ways.append([.object(.required(dependent.name)), .object(.forbidden(name))])
            }
        }
        for dependent in node.dependentSchemas {
            ways.append([
                .object(.required(dependent.name)),
                .literal(literal.moved(to: dependent.node, isNegative: true)),
            ])
        }
    }

    private mutating func addBrokenApplicators(
        _ node: JSONSchema.Node, _ literal: Literal, _ type: ValueType, to ways: inout [[Requirement]]
    ) throws(GrammarError) {
        if let reference = node.reference {
            ways.append([.literal(literal.moved(to: reference, isNegative: true))])
        }
        for part in node.allOf { ways.append([.literal(literal.moved(to: part, isNegative: true))]) }
        if !node.anyOf.isEmpty {
            ways.append(
                node.anyOf.filter { mayFit(literal.moved(to: $0), type) }
                    .map { .literal(literal.moved(to: $0, isNegative: true)) })
        }
        if !node.oneOf.isEmpty {
            let parts = node.oneOf.map { literal.moved(to: $0) }.filter { mayFit($0, type) }
            try spendPairs(of: parts.count)
            ways.append(parts.map { .literal($0.negated) })
            for first in parts.indices {
                for second in parts.indices where second > first {
                    if try !areDisjoint(parts[first], parts[second], type) {
                        ways.append([.literal(parts[first]), .literal(parts[second])])
                    }
                }
            }
        }
        if let part = node.not { ways.append([.literal(literal.moved(to: part))]) }
        if let condition = node.condition {
            let holds = literal.moved(to: condition)
            if let then = node.then {
                ways.append([.literal(holds), .literal(literal.moved(to: then, isNegative: true))])
            }
            if let other = node.else {
                ways.append([.literal(holds.negated), .literal(literal.moved(to: other, isNegative: true))])
            }
        }
    }

    private mutating func addBrokenUnevaluated(
        _ node: JSONSchema.Node, _ literal: Literal, _ type: ValueType, to ways: inout [[Requirement]]
    ) throws(GrammarError) {
        if type == .object, let rest = node.unevaluatedProperties {
            for way in try annotatedKeys(of: literal.positive) where !way.keys.isEverything {
                let wanted = ObjectDraft.Wanted(
                    keys: .unevaluated(way.keys), literal: literal.moved(to: rest, isNegative: true))
                ways.append(way.requirements + [.object(.wanted(wanted))])
            }
        }
        if type == .array, let rest = node.unevaluatedItems {
            for way in try annotatedItems(of: literal.positive) where !way.items.isEverything {
                guard way.items.fitting.isEmpty else {
                    throw GrammarError(
                        .unsupported, at: node.pointer, "`unevaluatedItems` beside `contains` can't be negated")
                }
                let misfit = literal.moved(to: rest, isNegative: true)
                ways.append(way.requirements + [.array(.wanted(way.items.count, misfit))])
            }
        }
    }
}
