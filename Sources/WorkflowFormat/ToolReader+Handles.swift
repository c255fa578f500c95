import JSONSchemas

/// `handles: { POINTER: KIND }` of a manifest: which fields of the result name a record, and of which kind.
extension ToolReader {
    mutating func readHandles(_ fields: Fields, _ result: JSONSchema?) -> [HandleField] {
        guard let node = fields["handles"], let members = reader.mapping(node, "`handles`") else { return [] }
        var handles: [HandleField] = []
        for member in members {
            guard let kind = reader.string(member.value, "the kind of a record") else { continue }
            if !TemplateParser.isName(kind) {
                reader.report(member.value.position, "`\(kind)` isn't a name of letters, digits, `-` and `_`")
            }
            guard let pointer = try? JSONPointer(parsing: member.name), !pointer.tokens.isEmpty else {
                reader.report(
                    member.namePosition, "`\(member.name)` isn't a pointer into the result",
                    fix: "Write `/field` or `/rows/*/field`.")
                continue
            }
            if let result, leadsNowhere(pointer.tokens, in: result) {
                reader.report(
                    member.namePosition, "the result has no field `\(member.name)`",
                    fix: Spelling.fix(for: member.name, among: SchemaPath.fields(of: result), called: "fields"))
            }
            handles.append(HandleField(pointer: member.name, kind: kind))
        }
        return handles
    }

    /// Whether the schema, as far as it says anything, has nothing there. Rows are often just `type: object`.
    private func leadsNowhere(_ tokens: [String], in schema: JSONSchema) -> Bool {
        for end in tokens.indices where SchemaPath.nodes(Array(tokens[...end]), in: schema).isEmpty {
            let parents = SchemaPath.nodes(Array(tokens[..<end]), in: schema)
            return !parents.contains { $0.types.contains(.object) && $0.properties.isEmpty }
        }
        return false
    }
}
