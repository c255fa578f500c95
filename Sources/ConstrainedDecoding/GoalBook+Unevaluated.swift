import JSONSchemas

/// What keywords have looked at, for `unevaluatedProperties` and `unevaluatedItems`: each way to fit a node, with what
/// the subschemas that fit look at. Subschemas that needn't fit are taken both ways.
extension GoalBook {
    struct AnnotatedKeys: Sendable {
        var requirements: [Requirement]
        var keys: EvaluatedKeys
    }

    struct AnnotatedItems: Sendable {
        var requirements: [Requirement]
        var items: EvaluatedItems
    }

    /// The ways to fit `literal` but for its own `unevaluatedProperties`, as an object.
    mutating func annotatedKeys(of literal: Literal, depth: Int = 0) throws(GrammarError) -> [AnnotatedKeys] {
        let node = schemas[literal.schema].nodes[literal.index]
        var keys = EvaluatedKeys()
        keys.names = node.properties.map(\.name)
        keys.patterns = node.patternProperties.map(\.pattern)
        if node.additionalProperties != .unspecified { keys.isEverything = true }
        var ways = [AnnotatedKeys(requirements: [.own(literal)], keys: keys)]
        try combine(node, literal, depth: depth, ways: &ways, isObject: true) {
            book, part, depth throws(GrammarError) in
            let isWhole = book.schemas[part.schema].nodes[part.index].unevaluatedProperties != nil
            guard isWhole else { return try book.annotatedKeys(of: part, depth: depth) }
            return [AnnotatedKeys(requirements: [.literal(part)], keys: EvaluatedKeys(isEverything: true))]
        } join: { way, other in
            way.requirements += other.requirements
            way.keys.names += other.keys.names
            way.keys.patterns += other.keys.patterns
            way.keys.isEverything = way.keys.isEverything || other.keys.isEverything
        } require: { way, requirements in
            way.requirements += requirements
        }
        return ways
    }

    /// The ways to fit `literal` but for its own `unevaluatedItems`, as an array.
    mutating func annotatedItems(of literal: Literal, depth: Int = 0) throws(GrammarError) -> [AnnotatedItems] {
        let node = schemas[literal.schema].nodes[literal.index]
        var items = EvaluatedItems()
        items.count = node.prefixItems.count
        items.isEverything = node.items != nil
        if let contained = node.contains, node.countsContainedAsSeen {
            items.fitting = [literal.moved(to: contained)]
        }
        var ways = [AnnotatedItems(requirements: [.own(literal)], items: items)]
        try combine(node, literal, depth: depth, ways: &ways, isObject: false) {
            book, part, depth throws(GrammarError) in
            let isWhole = book.schemas[part.schema].nodes[part.index].unevaluatedItems != nil
            guard isWhole else { return try book.annotatedItems(of: part, depth: depth) }
            return [AnnotatedItems(requirements: [.literal(part)], items: EvaluatedItems(isEverything: true))]
        } join: { way, other in
            way.requirements += other.requirements
            way.items.count = max(way.items.count, other.items.count)
            way.items.isEverything = way.items.isEverything || other.items.isEverything
            way.items.fitting += other.items.fitting
        } require: { way, requirements in
            way.requirements += requirements
        }
        return ways
    }

    private mutating func combine<Way>(
        _ node: JSONSchema.Node, _ literal: Literal, depth: Int, ways: inout [Way], isObject: Bool,
        annotate: (inout GoalBook, Literal, Int) throws(GrammarError) -> [Way],
        join: (inout Way, Way) -> Void, require: (inout Way, [Requirement]) -> Void
    ) throws(GrammarError) {
        guard depth < 32 else {
            throw GrammarError(.unsupported, at: node.pointer, "`unevaluated...` applies to a schema within itself")
        }
        func product(_ choices: [(with: [Literal], beside: [Requirement])]) throws(GrammarError) {
            var next: [Way] = []
            for choice in choices {
                var partial = ways
                for index in partial.indices { require(&partial[index], choice.beside) }
                for part in choice.with {
                    let inner = try annotate(&self, part, depth + 1)
                    var longer: [Way] = []
                    for way in partial {
                        for other in inner {
                            var joined = way
                            join(&joined, other)
                            longer.append(joined)
                        }
                    }
                    partial = longer
                }
                next += partial
                guard next.count <= options.branchLimit else {
                    throw GrammarError(
                        .stateLimit(limit: options.branchLimit), at: node.pointer,
                        "`unevaluated...` comes to more than \(options.branchLimit) cases")
                }
            }
            ways = next
        }
        let all = ([node.reference].compactMap(\.self) + node.allOf).map { literal.moved(to: $0) }
        if !all.isEmpty { try product([(all, [])]) }
        if let part = node.not { try product([([], [.literal(literal.moved(to: part, isNegative: true))])]) }
        if !node.anyOf.isEmpty {
            guard node.anyOf.count <= 10 else {
                throw GrammarError(
                    .stateLimit(limit: 10), at: node.pointer, "`unevaluated...` beside more than 10 in `anyOf`")
            }
            var choices: [(with: [Literal], beside: [Requirement])] = []
            for bits in 1..<(1 << node.anyOf.count) {
                var with: [Literal] = []
                var beside: [Requirement] = []
                for (index, part) in node.anyOf.enumerated() {
                    if bits >> index & 1 != 0 {
                        with.append(literal.moved(to: part))
                    } else {
                        beside.append(.literal(literal.moved(to: part, isNegative: true)))
                    }
                }
                choices.append((with, beside))
            }
            try product(choices)
        }
        if !node.oneOf.isEmpty {
            try product(
                node.oneOf.map { part in
                    let others = node.oneOf.filter { $0 != part }
                    return (
                        [literal.moved(to: part)],
                        others.map { .literal(literal.moved(to: $0, isNegative: true)) }
                    )
                })
        }
        if let condition = node.condition {
            let holds = literal.moved(to: condition)
            try product([
                ([holds] + (node.then.map { [literal.moved(to: $0)] } ?? []), []),
                (node.else.map { [literal.moved(to: $0)] } ?? [], [.literal(holds.negated)]),
            ])
        }
        guard isObject else { return }
        for dependent in node.dependentRequired {
            let needed = dependent.required.map { Requirement.object(.required($0)) }
            try product([
                ([], [.object(.forbidden(dependent.name))]),
                ([], [.object(.required(dependent.name))] + needed),
            ])
        }
        for dependent in node.dependentSchemas {
            try product([
                ([], [.object(.forbidden(dependent.name))]),
                ([literal.moved(to: dependent.node)], [.object(.required(dependent.name))]),
            ])
        }
    }
}
