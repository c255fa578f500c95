import JSONSchemas

extension OfferedTool {
    /// The names of the arguments that a call must have.
    var neededNames: [String] {
        (arguments.source["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The same tool, called without the argument `name`; nil where the schema doesn't list it or doesn't let it be left out.
    public func without(_ name: String) -> OfferedTool? {
        guard !neededNames.contains(name), var source = arguments.source.objectValue else { return nil }
        guard var properties = source["properties"]?.objectValue, properties[name] != nil else { return nil }
        properties[name] = false
        source["properties"] = .object(properties)
        guard let schema = try? JSONSchema(.object(source), options: arguments.options) else { return nil }
        return OfferedTool(name: self.name, summary: summary, arguments: schema)
    }
}
