public import JSONSchemas

/// A field of a schema's values that holds one of a few scalars.
public struct ClosedField: Hashable, Sendable {
    /// Where it stands, without wildcards.
    public let pointer: String
    /// What it may hold, 2 to ``optionLimit`` values.
    public let options: [JSONValue]

    /// With more options than this a choice isn't closed, but a list.
    public static let optionLimit = 64

    /// The closed fields that `pattern` names, `*` standing for every described member of an object. Elements of arrays
    /// are none: how many there are is known when the value is.
    public static func fields(at pattern: String, in schema: JSONSchema) -> [ClosedField] {
        guard let tokens = try? JSONPointer(parsing: pattern).tokens else { return [] }
        return expand(tokens[...], behind: [], in: schema).compactMap { tokens in
            options(at: tokens, in: schema).map {
                ClosedField(pointer: JSONPointer(tokens).description, options: $0)
            }
        }
    }

    /// Whether `pattern` names closed fields, and no others.
    public static func isClosed(_ pattern: String, in schema: JSONSchema) -> Bool {
        guard let tokens = try? JSONPointer(parsing: pattern).tokens else { return false }
        let places = expand(tokens[...], behind: [], in: schema)
        return !places.isEmpty && places.allSatisfy { options(at: $0, in: schema) != nil }
    }

    private static func expand(
        _ rest: ArraySlice<String>, behind start: [String], in schema: JSONSchema
    ) -> [[String]] {
        guard let token = rest.first else { return [start] }
        guard token == "*" else { return expand(rest.dropFirst(), behind: start + [token], in: schema) }
        var names: [String] = []
        for node in SchemaPath.nodes(start, in: schema) {
            names += node.properties.map(\.name).filter { !names.contains($0) }
        }
        return names.flatMap { expand(rest.dropFirst(), behind: start + [$0], in: schema) }
    }

    private static func options(at tokens: [String], in schema: JSONSchema) -> [JSONValue]? {
        var options: [JSONValue] = []
        for node in SchemaPath.nodes(tokens, in: schema) {
            if let values = node.values {
                options += values.filter { !options.contains($0) }
            } else if node.types == .boolean {
                options += [true, false].filter { !options.contains($0) }
            } else if node.types == .null {
                options += [.null].filter { !options.contains($0) }
            } else {
                return nil
            }
        }
        guard 2...optionLimit ~= options.count,
            options.allSatisfy({ $0.objectValue == nil && $0.arrayValue == nil })
        else { return nil }
        return options
    }
}
