extension SchemaCompiler {
    /// Reads one keyword of a subschema.
    mutating func read(
        _ keyword: SchemaKeyword, _ value: JSONValue, into node: inout JSONSchema.Node, _ reading: Reading
    ) throws(SchemaError) {
        let reader = reading.reader
        let name = keyword.rawValue
        switch keyword {
        case .type: node.types = try reader.types(value)
        case .enum: node.values = Self.intersect(node.values, try reader.enumeration(value))
        case .const: node.values = Self.intersect(node.values, [value])

        case .minLength: node.minLength = try reader.count(value, of: name)
        case .maxLength: node.maxLength = try reader.count(value, of: name)
        case .pattern: node.pattern = try reader.pattern(value)
        case .format: try readFormat(value, into: &node, reading)

        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum:
            try readBound(keyword, value, into: &node, reading)
        case .multipleOf:
            let divisor = try reader.number(value, of: name)
            guard divisor > .integer(0) else { throw reading.failure(keyword, "must be above 0") }
            node.multipleOf = divisor

        case .minItems: node.minItems = try reader.count(value, of: name)
        case .maxItems: node.maxItems = try reader.count(value, of: name)
        case .uniqueItems: node.uniqueItems = try reader.boolean(value, of: name)
        case .contains:
            node.contains = try schema(value, keyword, reading)
            node.countsContainedAsSeen = reading.scope.draft == .draft2020
        case .items: try readItems(value, into: &node, reading)
        case .unevaluatedItems where isRead(keyword, reading):
            node.unevaluatedItems = try schema(value, keyword, reading)
            noteUnevaluated()
        case .prefixItems where isRead(keyword, reading):
            node.prefixItems = try list(value, keyword, reading)
        case .minContains where isRead(keyword, reading): node.minContains = try reader.count(value, of: name)
        case .maxContains where isRead(keyword, reading): node.maxContains = try reader.count(value, of: name)

        case .allOf: node.allOf = try list(value, keyword, reading)
        case .anyOf: node.anyOf = try list(value, keyword, reading)
        case .oneOf: node.oneOf = try list(value, keyword, reading)
        case .not: node.not = try schema(value, keyword, reading)
        case .if:
            node.condition = try schema(value, keyword, reading)
            noteCondition()
        case .then: if reading.members["if"] != nil { node.then = try schema(value, keyword, reading) }
        case .else: if reading.members["if"] != nil { node.else = try schema(value, keyword, reading) }

        case .reference:
            note(keyword, try reader.string(value, of: name), reading)
        case .dynamicReference where reading.scope.draft == .draft2020,
            .recursiveReference where reading.scope.draft == .draft2019:
            note(keyword, try reader.string(value, of: name), reading)
        case .definitions, .newDefinitions:
            let definitions = try reader.object(value, of: name)
            guard compilesDefinitions else { break }
            for (key, schema) in definitions {
                _ = try compile(schema, at: reading.pointer.appending(name).appending(key), in: reading.scope)
            }
        case .metaschema:
            let text = try reader.string(value, of: name)
            guard JSONSchema.Draft.isNewest(text) || JSONSchema.Draft(metaschema: text) != nil else {
                throw Self.unknownDraft(text, at: reading.pointer)
            }
        case .additionalItems, .dynamicReference, .recursiveReference: break
        default: try readMembers(keyword, value, into: &node, reading)
        }
    }

    private mutating func note(_ keyword: SchemaKeyword, _ text: String, _ reading: Reading) {
        pending.append(
            PendingReference(node: reading.index, keyword: keyword, text: text, scope: reading.scope))
    }

    /// The keywords about an object's members.
    private mutating func readMembers(
        _ keyword: SchemaKeyword, _ value: JSONValue, into node: inout JSONSchema.Node, _ reading: Reading
    ) throws(SchemaError) {
        let reader = reading.reader
        let name = keyword.rawValue
        switch keyword {
        case .properties:
            let place = reading.pointer.appending(name)
            for (key, member) in try reader.object(value, of: name) {
                let child = try compile(member, at: place.appending(key), in: reading.scope)
                node.properties.append(JSONSchema.Property(name: key, node: child))
            }
        case .required: node.required = try reader.names(value, of: name)
        case .additionalProperties:
            switch value {
            case .bool(true): node.additionalProperties = .open
            case .bool(false): node.additionalProperties = .closed
            default: node.additionalProperties = .schema(try schema(value, keyword, reading))
            }
        case .patternProperties:
            let place = reading.pointer.appending(name)
            for (source, member) in try reader.object(value, of: name) {
                let pattern = try reader.pattern(source, of: name)
                let child = try compile(member, at: place.appending(source), in: reading.scope)
                node.patternProperties.append(JSONSchema.PatternProperty(pattern: pattern, node: child))
            }
        case .propertyNames: node.propertyNames = try schema(value, keyword, reading)
        case .minProperties: node.minProperties = try reader.count(value, of: name)
        case .maxProperties: node.maxProperties = try reader.count(value, of: name)
        case .dependentRequired where isRead(keyword, reading):
            for (key, names) in try reader.object(value, of: name) {
                node.dependentRequired.append(
                    JSONSchema.DependentRequired(name: key, required: try reader.names(names, of: name)))
            }
        case .dependentSchemas where isRead(keyword, reading):
            let place = reading.pointer.appending(name)
            for (key, member) in try reader.object(value, of: name) {
                let child = try compile(member, at: place.appending(key), in: reading.scope)
                node.dependentSchemas.append(JSONSchema.Property(name: key, node: child))
            }
        case .dependencies where isRead(keyword, reading):
            let place = reading.pointer.appending(name)
            for (key, member) in try reader.object(value, of: name) {
                if member.arrayValue != nil {
                    node.dependentRequired.append(
                        JSONSchema.DependentRequired(name: key, required: try reader.names(member, of: name)))
                } else {
                    let child = try compile(member, at: place.appending(key), in: reading.scope)
                    node.dependentSchemas.append(JSONSchema.Property(name: key, node: child))
                }
            }
        case .unevaluatedProperties where isRead(keyword, reading):
            node.unevaluatedProperties = try schema(value, keyword, reading)
            noteUnevaluated()
        default: break
        }
    }

    /// Whether the draft of the place has the keyword; to others it is an unknown word.
    private func isRead(_ keyword: SchemaKeyword, _ reading: Reading) -> Bool {
        let draft = reading.scope.draft
        return switch keyword {
        case .prefixItems: draft == .draft2020
        // Dropped in 2019-09; a schema that doesn't say its draft still means it.
        case .dependencies: draft < .draft2019 || !isDraftGiven
        default: draft >= .draft2019
        }
    }

    private mutating func schema(
        _ value: JSONValue, _ keyword: SchemaKeyword, _ reading: Reading
    ) throws(SchemaError) -> Int {
        try compile(value, at: reading.pointer.appending(keyword.rawValue), in: reading.scope)
    }

    private mutating func list(
        _ value: JSONValue, _ keyword: SchemaKeyword, _ reading: Reading, canBeEmpty: Bool = false
    ) throws(SchemaError) -> [Int] {
        guard let schemas = value.arrayValue, canBeEmpty || !schemas.isEmpty else {
            throw reading.failure(keyword, "must be a list of schemas\(canBeEmpty ? "" : " that isn't empty")")
        }
        let place = reading.pointer.appending(keyword.rawValue)
        var list: [Int] = []
        list.reserveCapacity(schemas.count)
        for (position, schema) in schemas.enumerated() {
            list.append(try compile(schema, at: place.appending(position), in: reading.scope))
        }
        return list
    }

    /// `items`, which before 2020-12 could list the first elements' schemas, with `additionalItems` for the rest.
    private mutating func readItems(
        _ value: JSONValue, into node: inout JSONSchema.Node, _ reading: Reading
    ) throws(SchemaError) {
        guard value.arrayValue != nil else {
            node.items = try schema(value, .items, reading)
            return
        }
        guard reading.scope.draft < .draft2020 || !isDraftGiven else {
            throw reading.failure(.items, "is a list, which this draft calls `prefixItems`")
        }
        guard reading.members["prefixItems"] == nil || !isRead(.prefixItems, reading) else {
            throw reading.failure(.items, "is a list beside `prefixItems`, which says the same another way")
        }
        node.prefixItems = try list(value, .items, reading, canBeEmpty: true)
        if let rest = reading.members["additionalItems"] {
            node.items = try schema(rest, .additionalItems, reading)
        }
    }

    /// A bound. Draft 4 writes `exclusiveMinimum: true` beside `minimum`.
    private func readBound(
        _ keyword: SchemaKeyword, _ value: JSONValue, into node: inout JSONSchema.Node, _ reading: Reading
    ) throws(SchemaError) {
        let reader = reading.reader
        if reading.scope.draft == .draft4 || !isDraftGiven {
            switch (keyword, value.boolValue) {
            case (.exclusiveMinimum, .some), (.exclusiveMaximum, .some): return
            case (.minimum, _) where reading.members["exclusiveMinimum"] == .bool(true):
                node.exclusiveMinimum = try reader.number(value, of: keyword.rawValue)
                return
            case (.maximum, _) where reading.members["exclusiveMaximum"] == .bool(true):
                node.exclusiveMaximum = try reader.number(value, of: keyword.rawValue)
                return
            default: break
            }
        }
        let number = try reader.number(value, of: keyword.rawValue)
        switch keyword {
        case .minimum: node.minimum = number
        case .maximum: node.maximum = number
        case .exclusiveMinimum: node.exclusiveMinimum = number
        default: node.exclusiveMaximum = number
        }
    }

    private mutating func readFormat(
        _ value: JSONValue, into node: inout JSONSchema.Node, _ reading: Reading
    ) throws(SchemaError) {
        let name = try reading.reader.string(value, of: "format")
        guard options.assertsFormats else { return }
        if let format = StringFormat.named(name) {
            node.format = format
        } else if !StringFormat.isForOtherTypes(name) {
            warnings.append(
                JSONSchema.Warning(
                    keyword: "format", pointer: reading.pointer,
                    reason: "is `\(name)`, which isn't known: any string fits"))
        }
    }

    private static func intersect(_ first: [JSONValue]?, _ second: [JSONValue]) -> [JSONValue] {
        guard let first else { return second }
        return first.filter(second.contains)
    }
}
