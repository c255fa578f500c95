import JSONSchemas

extension ToolReader {
    static let labelKeys = ["integrity", "readers", "apart_from"]

    /// `{ /id: endorsed, /body: { integrity: untrusted, readers: [support] } }`
    mutating func readLabels(_ fields: Fields, _ result: JSONSchema?, _ arguments: JSONSchema?) -> [FieldLabel] {
        guard let node = fields["labels"], let members = reader.mapping(node, "`labels`") else { return [] }
        return members.compactMap { member in
            checkField(member, of: result)
            return readLabel(member, arguments)
        }
    }

    /// A label for a field that the result doesn't have would label nothing, and the field that was meant nobody.
    private mutating func checkField(_ member: YAMLMember, of result: JSONSchema?) {
        guard let pointer = try? JSONPointer(parsing: member.name) else {
            reader.report(
                member.namePosition, "`\(member.name)` isn't a pointer into the result", fix: "Write `/field`.")
            return
        }
        if let result, SchemaPath.nodes(pointer.tokens, in: result).isEmpty {
            reader.report(
                member.namePosition, "the result has no field `\(member.name)`",
                fix: Spelling.fix(for: member.name, among: SchemaPath.fields(of: result), called: "fields"))
        }
    }

    private mutating func readLabel(_ member: YAMLMember, _ arguments: JSONSchema?) -> FieldLabel? {
        guard case .mapping = member.value.kind else {
            return integrity(member.value).map { FieldLabel(pointer: member.name, integrity: $0) }
        }
        guard let label = reader.fields(member.value, of: "the label of `\(member.name)`", known: Self.labelKeys)
        else { return nil }
        let apart = reader.strings(label, "apart_from")
        for name in apart { checkArgument(name, arguments, at: label.position(of: "apart_from")) }
        return FieldLabel(
            pointer: member.name, integrity: label["integrity"].map { integrity($0) ?? "" } ?? "untrusted",
            readers: label.has("readers") ? reader.strings(label, "readers") : nil, apartFrom: apart)
    }

    private mutating func integrity(_ node: YAMLNode) -> String? {
        guard let text = reader.string(node, "a label") else { return nil }
        if Integrity(rawValue: text) == nil {
            reader.report(
                node.position, "the label `\(text)` is unknown",
                fix: Spelling.fix(for: text, among: Integrity.allCases.map(\.rawValue), called: "labels"))
        }
        return text
    }
}
