import JSONSchemas

/// Finds fields of a schema by pointers in which `*` stands for every element.
enum SchemaPath {
    /// The nodes that `tokens` lead to; empty when they lead nowhere.
    static func nodes(_ tokens: [String], in schema: JSONSchema) -> [JSONSchema.Node] {
        var current = [schema.root]
        for token in tokens {
            current = current.flatMap { step($0, token, in: schema) }
        }
        return current.flatMap { alternatives($0, in: schema) }
    }

    private static func step(_ index: Int, _ token: String, in schema: JSONSchema) -> [Int] {
        alternatives(index, in: schema).flatMap { node -> [Int] in
            var found: [Int] = []
            if let property = node.properties.first(where: { $0.name == token }) {
                found.append(property.node)
            }
            if let items = node.items, node.types.contains(.array), token == "*" || Int(token) != nil {
                found.append(items)
            }
            return found
        }
    }

    /// The node with references followed and `anyOf` spread out.
    private static func alternatives(_ index: Int, in schema: JSONSchema) -> [JSONSchema.Node] {
        let node = schema[index]
        return node.anyOf.isEmpty ? [node] : node.anyOf.flatMap { alternatives($0, in: schema) }
    }

    /// The pointers of all fields, for a list of what can be written.
    static func fields(of schema: JSONSchema, limit: Int = 12) -> [String] {
        var found: [String] = []
        func add(_ index: Int, _ path: String, depth: Int) {
            guard depth < 5, found.count < limit else { return }
            for node in alternatives(index, in: schema) {
                for property in node.properties {
                    found.append(path + "/" + property.name)
                    add(property.node, path + "/" + property.name, depth: depth + 1)
                }
                if let items = node.items { add(items, path + "/*", depth: depth + 1) }
            }
        }
        add(schema.root, "", depth: 0)
        return Array(found.prefix(limit))
    }
}
