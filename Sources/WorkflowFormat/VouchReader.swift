import JSONSchemas

/// Reads `vouches`, which manifests and policies write alike.
enum VouchReader {
    static let keys = ["kind", "handle", "records", "when", "by"]

    static func read(_ node: YAMLNode, resultOf schema: JSONSchema?, _ reader: inout FieldReader) -> [VouchRule] {
        var rules: [VouchRule] = []
        for element in reader.sequence(node, "`vouches`") ?? [] {
            guard let fields = reader.fields(element, of: "a rule of `vouches`", known: keys),
                let kind = reader.string(fields, "kind", isRequired: true)
            else { continue }
            if !TemplateParser.isName(kind) {
                reader.report(
                    fields.position(of: "kind"), "`\(kind)` isn't a name of letters, digits, `-` and `_`")
            }
            let records = pointer(fields, "records", &reader) ?? JSONPointer()
            let handle = pointer(fields, "handle", &reader) ?? JSONPointer()
            guard let condition = condition(fields, &reader) else { continue }
            check(handle, in: records, of: schema, at: fields.position(of: "handle"), &reader)
            for name in names(of: condition) {
                check(name, in: records, of: schema, at: fields.position(of: "by"), &reader)
            }
            rules.append(VouchRule(kind: kind, records: records, handle: handle, condition: condition))
        }
        return rules
    }

    private static func names(of condition: VouchRule.Condition) -> [JSONPointer] {
        switch condition {
        case .described(let names): names
        case .onlyMatch(let names), .directory(let names): names ?? []
        case .created: []
        }
    }

    private static func condition(_ fields: Fields, _ reader: inout FieldReader) -> VouchRule.Condition? {
        guard let name = reader.string(fields, "when", isRequired: true) else { return nil }
        switch name {
        case "described":
            return by(fields, name, &reader).map { .described(by: $0) }
        case "only_match":
            if isAnyName(fields) { return .onlyMatch(by: nil) }
            return by(fields, name, &reader).map { .onlyMatch(by: $0) }
        case "directory":
            if isAnyName(fields) { return .directory(by: nil) }
            return by(fields, name, &reader).map { .directory(by: $0) }
        case "created":
            if fields.has("by") {
                reader.report(fields.position(of: "by"), "`by` means nothing with `when: created`")
            }
            return .created
        default:
            reader.report(
                fields.position(of: "when"), "`when` is `\(name)`, which is unknown",
                fix: Spelling.fix(for: name, among: VouchRule.Condition.names, called: "values"))
            return nil
        }
    }

    /// `by: any`.
    private static func isAnyName(_ fields: Fields) -> Bool {
        fields["by"]?.json.stringValue == VouchRule.Condition.anyName
    }

    /// The fields that name a record.
    private static func by(_ fields: Fields, _ condition: String, _ reader: inout FieldReader) -> [JSONPointer]? {
        guard let node = fields["by"] else {
            let other =
                condition == "described"
                ? "" : ", or `by: \(VouchRule.Condition.anyName)` where nobody else can add records"
            reader.report(
                fields.position, "a rule with `when: \(condition)` has no `by`",
                fix: "Write the fields that name the record, such as `by: [/title]`\(other).")
            return nil
        }
        let names = reader.strings(node, "`by`").compactMap { parse($0, at: node.position, &reader) }
        if names.isEmpty { reader.report(node.position, "`by` names no field, so nothing would count") }
        return names
    }

    private static func pointer(_ fields: Fields, _ key: String, _ reader: inout FieldReader) -> JSONPointer? {
        guard let text = reader.string(fields, key) else { return nil }
        return parse(text, at: fields.position(of: key), &reader)
    }

    private static func parse(
        _ text: String, at position: SourcePosition, _ reader: inout FieldReader
    ) -> JSONPointer? {
        guard let pointer = try? JSONPointer(parsing: text) else {
            reader.report(position, "`\(text)` isn't a pointer into the result", fix: "Write `/field`.")
            return nil
        }
        return pointer
    }

    /// A field that the result's schema lacks is reported; a result without one says nothing about its fields.
    private static func check(
        _ field: JSONPointer, in records: JSONPointer, of schema: JSONSchema?, at position: SourcePosition,
        _ reader: inout FieldReader
    ) {
        guard let schema else { return }
        let containers = SchemaPath.nodes(records.tokens, in: schema)
        let elements = SchemaPath.nodes(records.tokens + ["*"], in: schema)
        let nodes = elements.isEmpty ? containers : elements
        let isOpen = nodes.contains { $0.properties.isEmpty }
        guard !isOpen else { return }
        let tokens = records.tokens + (elements.isEmpty ? [] : ["*"]) + field.tokens
        if SchemaPath.nodes(tokens, in: schema).isEmpty {
            reader.report(
                position, "the result has no field `\(JSONPointer(tokens))`",
                fix: Spelling.fix(for: "\(JSONPointer(tokens))", among: SchemaPath.fields(of: schema), called: "fields")
            )
        }
    }
}
