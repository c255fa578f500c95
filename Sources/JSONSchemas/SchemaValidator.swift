extension JSONSchema {
    /// Every way in which `value` breaks the schema, in document order; empty when it fits.
    public func validate(_ value: JSONValue) -> [SchemaIssue] {
        validate(value, against: root)
    }

    /// Every way in which `value` breaks the subschema at `node`.
    public func validate(_ value: JSONValue, against node: Int) -> [SchemaIssue] {
        var validator = SchemaValidator(nodes: nodes)
        validator.check(value, against: node)
        return validator.issues
    }

    /// Whether `value` fits.
    public func accepts(_ value: JSONValue) -> Bool {
        validate(value).isEmpty
    }
}

struct SchemaValidator {
    let nodes: [JSONSchema.Node]
    private(set) var issues: [SchemaIssue] = []
    /// The way to the value that is being checked; made into a pointer only for an issue.
    private var path: [PathToken] = []

    private enum PathToken {
        case key(String)
        case index(Int)
    }

    init(nodes: [JSONSchema.Node]) {
        self.nodes = nodes
    }

    mutating func check(_ value: JSONValue, against index: Int) {
        let node = nodes[index]
        if let reference = node.reference {
            check(value, against: reference)
            return
        }
        guard node.alternatives.isEmpty else {
            checkAlternatives(value, node)
            return
        }
        if let values = node.values, !values.contains(value) {
            report(values.count == 1 ? "const" : "enum", "isn't \(Self.list(values))")
            return
        }
        guard node.types.allows(value) else {
            report("type", "is \(Self.article(value)), not \(Self.list(node.types))")
            return
        }
        switch value {
        case .null, .bool: break
        case .integer, .number: checkNumber(value, node)
        case .string(let text): checkString(text, node)
        case .array(let elements): checkArray(elements, node)
        case .object(let members): checkObject(members, node)
        }
    }

    private mutating func checkAlternatives(
        _ value: JSONValue, _ node: JSONSchema.Node
    ) {
        for alternative in node.alternatives {
            var attempt = SchemaValidator(nodes: nodes)
            attempt.check(value, against: alternative)
            if attempt.issues.isEmpty { return }
        }
        report("anyOf", "fits none of the \(node.alternatives.count) alternatives")
    }

    private mutating func checkNumber(_ value: JSONValue, _ node: JSONSchema.Node) {
        guard let number = JSONNumber(value) else { return }
        if let minimum = node.minimum, number < minimum {
            report("minimum", "is below \(minimum)")
        }
        if let maximum = node.maximum, number > maximum {
            report("maximum", "is above \(maximum)")
        }
    }

    private mutating func checkString(_ text: String, _ node: JSONSchema.Node) {
        if node.minLength > 0 || node.maxLength != nil {
            let length = text.unicodeScalars.count
            if length < node.minLength {
                report("minLength", "has \(length) characters, fewer than \(node.minLength)")
            }
            if let most = node.maxLength, length > most {
                report("maxLength", "has \(length) characters, more than \(most)")
            }
        }
        if let pattern = node.pattern, !pattern.matches(text) {
            report("pattern", "doesn't match `\(pattern.source)`")
        }
    }

    private mutating func checkArray(
        _ elements: [JSONValue], _ node: JSONSchema.Node
    ) {
        if elements.count < node.minItems {
            report("minItems", "has \(elements.count) elements, fewer than \(node.minItems)")
        }
        if let most = node.maxItems, elements.count > most {
            report("maxItems", "has \(elements.count) elements, more than \(most)")
        }
        guard let items = node.items else { return }
        for (index, element) in elements.enumerated() {
            path.append(.index(index))
            check(element, against: items)
            path.removeLast()
        }
    }

    private mutating func checkObject(_ members: JSONObject, _ node: JSONSchema.Node) {
        var known = 0
        for property in node.properties {
            if let member = members[property.name] {
                known += 1
                check(member, against: property.node, under: property.name)
            } else if property.isRequired {
                report("required", "lacks `\(property.name)`")
            }
        }
        guard known < members.count else { return }
        switch node.additionalProperties {
        case .open, .unspecified: return
        case .closed:
            for key in additionalKeys(members, node) {
                path.append(.key(key))
                report("additionalProperties", "isn't a known member")
                path.removeLast()
            }
        case .schema(let other):
            for key in additionalKeys(members, node) {
                guard let member = members[key] else { continue }
                check(member, against: other, under: key)
            }
        }
    }

    private func additionalKeys(_ members: JSONObject, _ node: JSONSchema.Node) -> [String] {
        members.keys.filter { key in !node.properties.contains { $0.name.hasSameBytes(as: key) } }
    }

    private mutating func check(_ member: JSONValue, against index: Int, under key: String) {
        path.append(.key(key))
        check(member, against: index)
        path.removeLast()
    }

    private mutating func report(_ keyword: String, _ message: String) {
        let tokens = path.map { token in
            switch token {
            case .key(let key): key
            case .index(let index): String(index)
            }
        }
        issues.append(SchemaIssue(pointer: JSONPointer(tokens), keyword: keyword, message: message))
    }

    private static func list(_ values: [JSONValue]) -> String {
        let shown = values.prefix(12).map { "`\($0.serialized())`" }
        let rest = values.count > shown.count ? " or another of \(values.count)" : ""
        return (values.count == 1 ? "" : "one of ") + shown.joined(separator: ", ") + rest
    }

    private static func list(_ types: JSONSchema.TypeSet) -> String {
        types.names.map { "\(["integer", "array", "object"].contains($0) ? "an" : "a") \($0)" }
            .map { $0 == "a null" ? "null" : $0 }
            .joined(separator: " or ")
    }

    private static func article(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONSchema.TypeSet {
    /// Whether a value of `value`'s type is in the set.
    func allows(_ value: JSONValue) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .integer: contains(.number) || contains(.integer)
        case .number: contains(.number) || (contains(.integer) && JSONNumber(value)?.isInteger == true)
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }
}
