extension JSONSchema {
    /// The first reason why the members of values can't be told from `properties`, `items` and `anyOf` alone; nil where
    /// they can.
    ///
    /// Whoever reasons about the parts of a value (which argument is which, what a field can hold) reads those keywords
    /// only. This says where another keyword would make such reasoning wrong: `allOf` and its kin, keywords beside
    /// `$ref` or `anyOf`, words that no draft knows, and parts that no value fits.
    ///
    /// - Complexity: reads the whole source; meant for schemas that people write into files.
    public var firstKeywordBeyondMembers: SchemaError? {
        var check = MemberCheck()
        do {
            try check.walk(source, at: JSONPointer(), depth: 0)
            try check.compileDefinitions(of: self)
            try check.refuseUnlistedNames()
            try check.refuseEmptyRanges()
            try check.refuseUnfittingValues()
            try check.refuseEndlessNodes()
        } catch {
            return error
        }
        return nil
    }
}

private struct MemberCheck {
    private static let annotations: Set<String> = [
        "title", "description", "default", "examples", "$schema", "$comment", "deprecated", "readOnly",
        "writeOnly",
    ]
    private static let enforced: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
        "minLength", "maxLength", "pattern", "minimum", "maximum", "anyOf", "$ref", "$defs", "definitions",
    ]

    /// Steps of patterns over all listed values, one a byte and state: half a second at most. Until a value fits, each that
    /// is listed is matched.
    private static let patternStepLimit = 50_000_000

    private var nodes: [JSONSchema.Node] = []

    /// Checks the words of `schema` and of what stands in it.
    mutating func walk(_ schema: JSONValue, at pointer: JSONPointer, depth: Int) throws(SchemaError) {
        guard depth <= SchemaCompiler.depthLimit else {
            throw SchemaError(
                keyword: nil, pointer: pointer, reason: "is nested deeper than \(SchemaCompiler.depthLimit)")
        }
        if schema == .bool(false) {
            throw SchemaError(keyword: nil, pointer: pointer, reason: "is `false`, which no value fits")
        }
        guard let members = schema.objectValue else { return }
        for (keyword, value) in members {
            guard Self.enforced.contains(keyword) else {
                guard Self.annotations.contains(keyword) || (keyword == "$id" && pointer.tokens.isEmpty) else {
                    throw SchemaError(keyword: keyword, pointer: pointer, reason: "is not supported")
                }
                continue
            }
            try walk(value, of: keyword, at: pointer.appending(keyword), depth: depth)
        }
        for keyword in ["$ref", "anyOf"] where members[keyword] != nil {
            try refuseSiblings(of: keyword, in: members, at: pointer)
        }
    }

    private mutating func walk(
        _ value: JSONValue, of keyword: String, at pointer: JSONPointer, depth: Int
    ) throws(SchemaError) {
        if keyword == "items", value.arrayValue != nil {
            throw SchemaError(
                keyword: keyword, pointer: JSONPointer(Array(pointer.tokens.dropLast())),
                reason: "is a list of schemas, which is not supported")
        }
        switch (SchemaKeyword.content(of: keyword), value) {
        case (.schema, .bool(false)) where keyword == "additionalProperties": break
        case (.schema, _), (.schemaOrList, _): try walk(value, at: pointer, depth: depth + 1)
        case (.list, .array(let schemas)):
            for (index, schema) in schemas.enumerated() {
                try walk(schema, at: pointer.appending(index), depth: depth + 1)
            }
        case (.members, .object(let schemas)):
            for (name, schema) in schemas {
                try walk(schema, at: pointer.appending(name), depth: depth + 1)
            }
        default: break
        }
    }

    /// Where another keyword stands beside `anyOf` or `$ref`, both count: neither alone tells the members.
    private func refuseSiblings(
        of keyword: String, in members: JSONObject, at pointer: JSONPointer
    ) throws(SchemaError) {
        let allowed = Self.annotations.union([keyword, "$id", "$defs", "definitions"])
        guard let other = members.keys.first(where: { !allowed.contains($0) }) else { return }
        throw SchemaError(
            keyword: other, pointer: pointer,
            reason: "stands beside `\(keyword)`, which isn't supported: move it into each alternative")
    }

    /// What no reference leads to wasn't compiled, and would hide its mistakes.
    mutating func compileDefinitions(of schema: JSONSchema) throws(SchemaError) {
        var compiler = SchemaCompiler(
            document: schema.source, options: schema.options, compilesDefinitions: true)
        try compiler.compile()
        nodes = compiler.nodes
    }

    func refuseUnlistedNames() throws(SchemaError) {
        for node in nodes {
            let names = node.properties.map(\.name)
            guard let name = node.required.first(where: { name in !names.contains { $0.hasSameBytes(as: name) } })
            else { continue }
            throw SchemaError(
                keyword: "required", pointer: node.pointer,
                reason: node.additionalProperties == .closed
                    ? "names `\(name)`, which `additionalProperties: false` forbids"
                    : "names `\(name)`, which `properties` doesn't describe")
        }
    }

    func refuseEmptyRanges() throws(SchemaError) {
        for node in nodes {
            func failure(_ keyword: String, _ reason: String) -> SchemaError {
                SchemaError(keyword: keyword, pointer: node.pointer, reason: reason)
            }
            if let most = node.maxItems, most < node.minItems {
                throw failure("maxItems", "is \(most), below `minItems`, which is \(node.minItems)")
            }
            if let most = node.maxLength, most < node.minLength {
                throw failure("maxLength", "is \(most), below `minLength`, which is \(node.minLength)")
            }
            if let least = node.minimum, let most = node.maximum, most < least {
                throw failure("maximum", "is \(most), below `minimum`, which is \(least)")
            }
            // An integer must lie between the bounds, not only a number.
            if node.types == .integer, let least = node.minimum?.doubleValue,
                let most = node.maximum?.doubleValue, least.rounded(.up) > most.rounded(.down)
            {
                throw failure("maximum", "leaves no whole number above `minimum`")
            }
        }
    }

    func refuseUnfittingValues() throws(SchemaError) {
        var steps = Self.patternStepLimit
        for index in nodes.indices {
            guard let values = nodes[index].values else { continue }
            func failure(_ reason: String) -> SchemaError {
                SchemaError(keyword: nil, pointer: nodes[index].pointer, reason: reason)
            }
            var hasFitting = false
            for value in values where !hasFitting {
                var validator = SchemaValidator(nodes: nodes, value: value, patternSteps: steps)
                hasFitting = validator.judge(index, 0)
                steps = validator.patternSteps
                guard !validator.isTooDeep else {
                    throw failure(
                        "lists a value that nests more than \(SchemaValidator.depthLimit) subschemas, too many to check"
                    )
                }
                guard steps >= 0 else {
                    throw failure(
                        "lists values that take more than \(Self.patternStepLimit) steps to check against `pattern`")
                }
            }
            guard hasFitting else {
                throw failure("fits no value: none that `enum` or `const` lists fits the other keywords")
            }
        }
    }

    /// Finds nodes whose every value would have to be infinitely deep, as the least fixed point of "has a finite value".
    func refuseEndlessNodes() throws(SchemaError) {
        var isFinite = [Bool](repeating: false, count: nodes.count)
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in nodes.indices where !isFinite[index] && hasFiniteValue(nodes[index], given: isFinite) {
                isFinite[index] = true
                hasChanged = true
            }
        }
        if let endless = isFinite.firstIndex(of: false) {
            throw SchemaError(
                keyword: nil, pointer: nodes[endless].pointer, reason: "fits no value: it needs itself without end")
        }
    }

    private func hasFiniteValue(_ node: JSONSchema.Node, given isFinite: [Bool]) -> Bool {
        if let reference = node.reference { return isFinite[reference] }
        if !node.anyOf.isEmpty { return node.anyOf.contains { isFinite[$0] } }
        if node.values != nil { return true }
        if !node.types.isDisjoint(with: [.null, .boolean, .integer, .number, .string]) { return true }
        if node.types.contains(.array) {
            guard node.minItems > 0, let items = node.items, !isFinite[items] else { return true }
        }
        guard node.types.contains(.object) else { return false }
        return node.properties.allSatisfy { !node.isRequired($0.name) || isFinite[$0.node] }
    }
}

extension JSONSchema.Node {
    /// Whether a reference is all that the node says.
    var isBareReference: Bool {
        var other = JSONSchema.Node(pointer: pointer)
        other.reference = reference
        return other == self
    }
}
