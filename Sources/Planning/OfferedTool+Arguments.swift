import JSONSchemas

extension OfferedTool {
    /// The names of the arguments that a call must have.
    var neededNames: [String] {
        (arguments.source["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The same tool, called without the argument `name`. Nil where the schema doesn't list it or wants it, and where parts
    /// of the schema refer to others: they would change with it.
    package func without(_ name: String) -> OfferedTool? {
        guard !neededNames.contains(name), var source = arguments.source.objectValue,
            var properties = source["properties"]?.objectValue, properties[name] != nil,
            arguments.nodes.allSatisfy({ $0.reference == nil })
        else { return nil }
        properties[name] = false
        source["properties"] = .object(properties)
        guard let schema = try? JSONSchema(.object(source), options: arguments.options) else { return nil }
        return OfferedTool(name: self.name, summary: summary, arguments: schema)
    }
}
