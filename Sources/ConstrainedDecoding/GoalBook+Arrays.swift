import JSONSchemas

/// From drafts of arrays to shapes.
extension GoalBook {
    private static let positionLimit = 4_096
    private static let wantedLimit = 8

    mutating func addArrays(
        _ drafts: [ArrayDraft], of goal: Int32, to found: inout [Alternative]
    ) throws(GrammarError) {
        for draft in drafts {
            do {
                guard let shape = try shape(of: draft) else { continue }
                arrays.append(shape)
                found.append(.array(Int32(arrays.count - 1)))
            } catch {
                throw GrammarError(error.code, at: error.pointer ?? pointer(of: goal), error.reason)
            }
        }
    }

    private mutating func shape(of draft: ArrayDraft) throws(GrammarError) -> ArrayShape? {
        guard !draft.isNotUnique else {
            throw GrammarError(.unsupported, "`uniqueItems` can't be negated")
        }
        guard draft.wanted.count + draft.counted.count <= Self.wantedLimit else {
            throw GrammarError(
                .stateLimit(limit: Self.wantedLimit),
                "more than \(Self.wantedLimit) elements are asked for by `contains`, `not` and the like")
        }
        var shape = ArrayShape()
        shape.minimum = draft.minItems
        shape.maximum = draft.maxItems
        shape.isUnique = draft.isUnique && draft.maxItems ?? .max > 1
        shape.counts = draft.counted.map {
            ArrayShape.Count(literal: $0.literal, minimum: $0.minimum, maximum: $0.maximum)
        }
        shape.wanted = draft.wanted.map { ArrayShape.Wanted(start: $0.start, literal: $0.literal) }
        shape.rests = draft.rests.map { ArrayShape.Rest(start: $0.start, literal: $0.literal, unless: $0.unless) }
        var prefix = draft.placed.map { $0.position + 1 }.max() ?? 0
        prefix = max(prefix, draft.wanted.map(\.start).max() ?? 0, draft.rests.map(\.start).max() ?? 0)
        for literal in draft.atoms {
            let count =
                literal.isConstant
                ? value(of: literal).arrayValue?.count ?? 0
                : schemas[literal.schema].nodes[literal.index].prefixItems.count
            prefix = max(prefix, count)
        }
        guard prefix <= Self.positionLimit else {
            throw GrammarError(
                .stateLimit(limit: Self.positionLimit), "more than \(Self.positionLimit) elements differ")
        }
        shape.elements = []
        for index in 0...prefix { shape.elements.append(elementLiterals(draft, index)) }
        // A position that mustn't be filled bounds the array.
        for (index, literals) in shape.elements.enumerated() where isFalse(literals) {
            shape.maximum = min(shape.maximum ?? .max, index)
        }
        if let most = shape.maximum, most < shape.minimum { return nil }
        return shape
    }

    private func isFalse(_ literals: [Literal]) -> Bool {
        literals.contains { !$0.isConstant && !$0.isNegative && schemas[$0.schema].nodes[$0.index].isFalse }
    }

    private mutating func elementLiterals(_ draft: ArrayDraft, _ index: Int) -> [Literal] {
        var literals: [Literal] = []
        for literal in draft.atoms {
            if literal.isConstant {
                let elements = value(of: literal).arrayValue ?? []
                if index < elements.count { literals.append(constant(elements[index])) }
                continue
            }
            let prefix = schemas[literal.schema].nodes[literal.index].prefixItems
            if index < prefix.count {
                literals.append(literal.moved(to: prefix[index]))
            } else if let items = schemas[literal.schema].nodes[literal.index].items {
                literals.append(literal.moved(to: items))
            }
        }
        for (position, literal) in draft.placed where position == index { literals.append(literal) }
        return literals
    }
}
