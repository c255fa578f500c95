import JSONSchemas

extension WorkflowReader {
    static let inputKeys = ["type", "media", "trust", "pattern", "default", "description", "sample_of"]

    mutating func readInputs(_ fields: Fields) {
        guard let node = fields["inputs"], let members = reader.mapping(node, "`inputs`") else { return }
        for member in members {
            guard let input = readInput(member, others: members.map(\.name)) else { continue }
            inputs.append(input)
            scope.add(input: input)
        }
    }

    private mutating func readInput(_ member: YAMLMember, others: [String]) -> InputDefinition? {
        let name = member.name
        if !TemplateParser.isName(name) {
            reader.report(
                member.namePosition,
                "an input's name `\(name)` has characters other than letters, digits, `-` and `_`")
        }
        guard let fields = reader.fields(member.value, of: "input `\(name)`", known: Self.inputKeys) else {
            return nil
        }
        let type = reader.choice(fields, "type", as: InputDefinition.Kind.self, isRequired: true)
        let trust = reader.choice(fields, "trust", as: InputTrust.self)
        let pattern = readPattern(fields, type: type)
        let fallback = fields["default"].flatMap { reader.text($0, "`default`") }
        if let fallback, let type, let node = fields["default"] {
            check(default: fallback, of: type, pattern: pattern, at: node.position)
        }
        let sampleOf = reader.string(fields, "sample_of")
        if let sampleOf, let node = fields["sample_of"], sampleOf == name || !others.contains(sampleOf) {
            reader.report(
                node.position, "`sample_of` names `\(sampleOf)`, which isn't another input",
                fix: Spelling.fix(for: sampleOf, among: others.filter { $0 != name }, called: "inputs"))
        }
        return InputDefinition(
            name: name, type: type ?? .string, media: reader.string(fields, "media"), trust: trust,
            pattern: pattern?.source, defaultValue: fallback,
            description: reader.string(fields, "description"),
            sampleOf: sampleOf, position: member.namePosition)
    }

    private mutating func readPattern(_ fields: Fields, type: InputDefinition.Kind?) -> StringPattern? {
        guard let source = reader.string(fields, "pattern") else { return nil }
        if let type, type != .string {
            reader.report(
                fields.position(of: "pattern"),
                "`pattern` needs an input of type `string`, not `\(type.rawValue)`")
        }
        return pattern(source, at: fields["pattern"]?.position ?? fields.position)
    }

    /// A regular expression that was checked.
    mutating func pattern(_ source: String, at position: SourcePosition) -> StringPattern? {
        do {
            return try StringPattern(parsing: source)
        } catch {
            reader.report(
                position, "`pattern` can't be used: \(error.reason) at character \(error.offset + 1)")
            return nil
        }
    }

    private mutating func check(
        default text: String, of type: InputDefinition.Kind, pattern: StringPattern?,
        at position: SourcePosition
    ) {
        // An empty default makes the input optional.
        guard !text.isEmpty else { return }
        switch type {
        case .string:
            if let pattern, !pattern.matches(text) {
                reader.report(position, "the default `\(text)` doesn't match `\(pattern.source)`")
            }
        case .integer:
            if Int(text) == nil { reader.report(position, "the default `\(text)` isn't a whole number") }
        case .boolean:
            if text != "true", text != "false" {
                reader.report(position, "the default `\(text)` is neither `true` nor `false`")
            }
        case .file, .folder, .list, .lines:
            break
        case .command:
            do {
                if try CommandWords.split(text).isEmpty {
                    reader.report(position, "the default command is empty")
                }
            } catch {
                reader.report(position, "the default command can't be split: \(error.reason)")
            }
        }
    }
}
