import JSONSchemas

extension WorkflowReader {
    static let outputKinds: [(kind: String, others: [String])] = [
        ("render", ["with"]), ("json", []), ("csv", ["columns"]), ("jsonl", []), ("junit", []),
        ("text", []),
    ]

    mutating func readOutputs(_ fields: Fields) -> [OutputDefinition] {
        guard let node = fields["outputs"], let members = reader.mapping(node, "`outputs`") else { return [] }
        return members.compactMap { readOutput($0) }
    }

    private mutating func readOutput(_ member: YAMLMember) -> OutputDefinition? {
        let what = "output `\(member.name)`"
        guard let members = reader.mapping(member.value, what) else { return nil }
        let kinds = Self.outputKinds.filter { kind in members.contains { $0.name == kind.kind } }
        guard kinds.count == 1, let kind = kinds.first else {
            let names = Self.outputKinds.map { "`\($0.kind)`" }.joined(separator: ", ")
            reader.report(
                member.namePosition,
                kinds.isEmpty ? "\(what) doesn't say what it is" : "\(what) is two things at once",
                fix: "Give it one of \(names).")
            return nil
        }
        guard let fields = reader.fields(member.value, of: what, known: [kind.kind, "to"] + kind.others)
        else { return nil }
        let path = outputPath(fields, isRequired: true)
        guard let parsed = readOutputKind(kind.kind, fields), let path else { return nil }
        return OutputDefinition(name: member.name, kind: parsed, to: path, position: member.namePosition)
    }

    private mutating func readOutputKind(_ kind: String, _ fields: Fields) -> OutputKind? {
        guard let node = fields[kind] else { return nil }
        switch kind {
        case "render":
            return .render(
                template: mustache(fields, "render", data: "with"), data: namedTemplates(fields, "with"))
        case "json": return template(node).map(OutputKind.json)
        case "text": return template(node).map(OutputKind.text)
        case "jsonl": return rows(node, kind).map { .jsonLines(rows: $0) }
        case "junit": return rows(node, kind).map { .junit(rows: $0) }
        default:
            let columns = reader.strings(fields, "columns")
            if columns.isEmpty {
                reader.report(
                    fields.position(of: "columns"), "\(fields.what) has no `columns`",
                    fix: "List the columns in order.")
            }
            return rows(node, kind).map { .csv(rows: $0, columns: columns) }
        }
    }

    private mutating func rows(_ node: YAMLNode, _ kind: String) -> ValueTemplate? {
        guard let rows = template(node) else { return nil }
        if shape(of: rows).element == nil {
            reader.report(node.position, "`\(kind)` needs a list of rows, which this isn't")
        }
        return rows
    }
}
