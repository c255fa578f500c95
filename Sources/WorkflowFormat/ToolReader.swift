import JSONSchemas

/// Reads a tool's manifest.
struct ToolReader {
    static let subject = "tool manifest"
    static let keys = [
        "tool", "summary", "arguments", "result", "labels", "effect", "sink", "policy", "sandbox", "kind", "command",
        "identifiers", "handles", "vouches", "origin",
    ]

    private enum KindName: String, CaseIterable {
        case builtin, command, mcp, http
    }

    enum Integrity: String, CaseIterable {
        case trusted, endorsed, untrusted
    }

    var reader = FieldReader(subject: subject)

    mutating func read(_ root: YAMLNode) throws(WorkflowErrors) -> ToolDefinition {
        let tool = reader.fields(root, of: "the manifest", known: Self.keys).flatMap { readTool($0) }
        guard let tool, reader.problems.isEmpty else {
            throw WorkflowErrors(
                reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return tool
    }

    private mutating func readTool(_ fields: Fields) -> ToolDefinition? {
        let name = reader.string(fields, "tool", isRequired: true)
        if let name,
            !name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({
                TemplateParser.isName(String($0))
            })
        {
            reader.report(
                fields["tool"]?.position ?? fields.position,
                "the tool's name `\(name)` isn't made of names joined by dots, such as `issue.create`")
        }
        let summary = reader.string(fields, "summary", isRequired: true)
        let arguments = readArguments(fields)
        let result = fields["result"].map { reader.schema($0, "`result`") } ?? .anything
        let labels = readLabels(fields, result, arguments)
        let effect = reader.choice(fields, "effect", as: Effect.self, isRequired: true)
        let (control, content, audience) = readSink(fields, arguments)
        let (least, hosts) = readPolicy(fields, arguments)
        let profile = reader.string(fields, "sandbox")
        let identifiers = readIdentifiers(fields, arguments)
        let handles = readHandles(fields, result)
        let vouches = fields["vouches"].map { VouchReader.read($0, resultOf: result, &reader) } ?? []
        let origin = reader.choice(fields, "origin", as: ResultOrigin.self) ?? .outside
        let kind = readKind(fields, arguments)
        guard let name, let summary, let arguments, let result, let effect, let kind else { return nil }
        return ToolDefinition(
            name: name, summary: summary, arguments: arguments, result: result, labels: labels,
            effect: effect,
            sinkControl: control, sinkContent: content, sinkAudience: audience, leastDecision: least,
            hostArguments: hosts,
            sandboxProfile: profile == "none" ? nil : profile,
            kind: kind, identifiers: identifiers, handles: handles, vouches: vouches,
            origin: origin)
    }

    /// `identifiers: { ARGUMENT: KIND }`.
    private mutating func readIdentifiers(_ fields: Fields, _ arguments: JSONSchema?) -> [String: String] {
        guard let node = fields["identifiers"] else { return [:] }
        var identifiers: [String: String] = [:]
        for member in reader.mapping(node, "`identifiers`") ?? [] {
            checkArgument(member.name, arguments, at: member.namePosition)
            guard let kind = reader.string(member.value, "the kind of a record") else { continue }
            if !TemplateParser.isName(kind) {
                reader.report(member.value.position, "`\(kind)` isn't a name of letters, digits, `-` and `_`")
            }
            identifiers[member.name] = kind
        }
        return identifiers
    }

    private mutating func readArguments(_ fields: Fields) -> JSONSchema? {
        guard let node = fields["arguments"] else {
            reader.report(fields.position, "the manifest has no `arguments`")
            return nil
        }
        guard let schema = reader.schema(node, "`arguments`") else { return nil }
        let root = schema.rootNode
        if root.types != .object || !root.anyOf.isEmpty || root.values != nil {
            reader.report(
                node.position, "`arguments` isn't the schema of an object", fix: "Write `type: object`.")
        } else if root.additionalProperties != .closed {
            reader.report(
                node.position, "`arguments` leaves other members open",
                fix: "Write `additionalProperties: false`.")
        }
        return schema
    }

    private mutating func readSink(
        _ fields: Fields, _ arguments: JSONSchema?
    ) -> (control: [String], content: [String], audience: [String]?) {
        guard let node = fields["sink"],
            let sink = reader.fields(node, of: "`sink`", known: ["control", "content", "audience"])
        else { return ([], [], nil) }
        return (
            readSinkNames(sink, "control", arguments), readSinkNames(sink, "content", arguments),
            sink.has("audience") ? reader.strings(sink, "audience") : nil
        )
    }

    private mutating func readPolicy(
        _ fields: Fields, _ arguments: JSONSchema?
    ) -> (least: PolicyDecision, hosts: [String]) {
        guard let node = fields["policy"],
            let policy = reader.fields(node, of: "`policy`", known: ["decision", "hosts"])
        else { return (.allow, []) }
        return (
            reader.choice(policy, "decision", as: PolicyDecision.self) ?? .allow,
            readSinkNames(policy, "hosts", arguments)
        )
    }

    private mutating func readSinkNames(_ sink: Fields, _ key: String, _ arguments: JSONSchema?) -> [String] {
        guard let node = sink[key], let elements = reader.sequence(node, "`\(key)`") else { return [] }
        var names: [String] = []
        for element in elements {
            guard let name = reader.string(element, "an argument's name") else { continue }
            checkArgument(name, arguments, at: element.position)
            names.append(name)
        }
        return names
    }

    mutating func checkArgument(_ name: String, _ arguments: JSONSchema?, at position: SourcePosition) {
        guard let known = arguments?.rootNode.properties.map(\.name), !known.contains(name) else { return }
        reader.report(
            position, "the tool has no argument `\(name)`",
            fix: Spelling.fix(for: name, among: known, called: "arguments"))
    }

    private mutating func readKind(_ fields: Fields, _ arguments: JSONSchema?) -> ToolDefinition.Kind? {
        guard let kind = reader.choice(fields, "kind", as: KindName.self, isRequired: true) else {
            return nil
        }
        if kind != .command, fields.has("command") {
            reader.report(fields.position(of: "command"), "`command` needs `kind: command`")
        }
        switch kind {
        case .builtin: return .builtin
        case .mcp: return .mcp
        case .http: return .http
        case .command:
            guard let node = fields["command"] else {
                reader.report(
                    fields.position, "a tool of kind `command` has no `command`",
                    fix: "Write `command: [program, \"${argument}\"]`.")
                return nil
            }
            return readCommand(node, arguments).map(ToolDefinition.Kind.command)
        }
    }

    private mutating func readCommand(_ node: YAMLNode, _ arguments: JSONSchema?) -> CommandTemplate? {
        guard let elements = reader.sequence(node, "`command`") else { return nil }
        var words: [[CommandTemplate.Part]] = []
        for element in elements {
            guard let text = reader.text(element, "a word of the command") else { continue }
            do {
                words.append(try parts(of: text, at: element.position, arguments))
            } catch {
                reader.report(error)
            }
        }
        guard case .literal(let program) = words.first?.first, words.first?.count == 1, !program.isEmpty
        else {
            reader.report(node.position, "the command's first word isn't a fixed program")
            return nil
        }
        return CommandTemplate(words: words)
    }

    private mutating func parts(
        of text: String, at position: SourcePosition, _ arguments: JSONSchema?
    ) throws(TemplateParser.Failure) -> [CommandTemplate.Part] {
        func part(_ reference: Reference) throws(TemplateParser.Failure) -> CommandTemplate.Part {
            guard case .variable(let name) = reference.root, reference.path.isEmpty else {
                throw TemplateParser.Failure(
                    problem: "`${\(reference.text)}` isn't the name of an argument", position: position)
            }
            return .argument(name)
        }
        var parts: [CommandTemplate.Part] = []
        switch try TemplateParser.template(for: text, at: .everywhere(position)) {
        case .literal(let value): parts = [.literal(value.stringValue ?? "")]
        case .reference(let reference): parts = [try part(reference)]
        case .text(let pieces):
            for piece in pieces {
                switch piece {
                case .literal(let literal): parts.append(.literal(literal))
                case .reference(let reference): parts.append(try part(reference))
                }
            }
        case .array, .object: break
        }
        for case .argument(let name) in parts { checkArgument(name, arguments, at: position) }
        return parts
    }
}
