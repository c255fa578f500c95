import JSONSchemas

/// Reads the rules about what a sink carries and what is denied whatever else allows it.
extension WorkflowReader {
    /// `unaddressed: trusted`.
    mutating func readUnaddressed(_ fields: Fields, of tool: ToolDefinition?) -> Bool {
        guard let node = fields["unaddressed"] else { return false }
        guard reader.string(node, "`unaddressed`") == "trusted" else {
            reader.report(node.position, "`unaddressed` can only be `trusted`")
            return false
        }
        if let tool, tool.sinkControl.isEmpty || tool.sinkContent.isEmpty {
            reader.report(
                node.position,
                "the tool `\(tool.name)` has no arguments that say where a call lands and what it carries",
                fix: "Name them under `sink` in its manifest.")
        }
        return true
    }

    /// `links: none`, or where links may come from.
    mutating func readLinks(_ node: YAMLNode) -> LinkRule? {
        if case .scalar(_, .string(let text)) = node.kind {
            guard text == "none" else {
                reader.report(
                    node.position, "`links` is `\(text)`, which is unknown",
                    fix: "Write `none`, or `{ from: [task], host_in: [example.org] }`.")
                return nil
            }
            return LinkRule()
        }
        guard let fields = reader.fields(node, of: "`links`", known: ["from", "host_in"]) else { return nil }
        let sources = fields["from"].flatMap { names($0, "from", among: LinkRule.sources) } ?? []
        let hosts = fields["host_in"].flatMap { self.hosts($0) } ?? []
        if fields.members.isEmpty {
            reader.report(node.position, "`links` says nothing", fix: "Write `none` to permit no link.")
        }
        return LinkRule(allowsTask: sources.contains("task"), hosts: hosts)
    }

    mutating func readVouches(_ fields: Fields, of tool: ToolDefinition?) -> [VouchRule] {
        guard let node = fields["vouches"] else { return [] }
        return VouchReader.read(node, resultOf: tool?.result, &reader)
    }

    mutating func readOnly(_ policy: Fields) -> [String]? {
        guard let node = policy["only"], let elements = reader.sequence(node, "`only`") else { return nil }
        var names: [String] = []
        for element in elements {
            guard let name = reader.string(element, "a tool's name") else { continue }
            _ = listedTool(name, at: element.position)
            names.append(name)
        }
        return names
    }

    mutating func readForbids(_ policy: Fields) -> [ForbidRule] {
        guard let node = policy["forbid"] else { return [] }
        var rules: [ForbidRule] = []
        for element in reader.sequence(node, "`forbid`") ?? [] {
            guard
                let fields = reader.fields(
                    element, of: "a rule of `forbid`", known: ["id", "tools", "when", "decision", "because"]),
                let id = reader.string(fields, "id", isRequired: true)
            else { continue }
            let position = fields.position(of: "id")
            if !TemplateParser.isName(id) {
                reader.report(position, "`\(id)` isn't a name of letters, digits, `-` and `_`")
            }
            if rules.contains(where: { $0.id == id }) {
                reader.report(position, "there is another rule `\(id)` in `forbid`")
            }
            let tools = readForbiddenTools(fields)
            let decision = reader.choice(fields, "decision", as: PolicyDecision.self) ?? .deny
            if decision == .allow {
                reader.report(
                    fields.position(of: "decision"), "`decision` of `\(id)` is `allow`, so it would forbid nothing",
                    fix: "Write `ask` or `deny`.")
            }
            rules.append(
                ForbidRule(
                    id: id, tools: tools, clauses: readClauses(fields, of: tools),
                    sink: readWhole(fields, "sink", as: ForbidRule.Sink.self),
                    content: readWhole(fields, "content", as: ForbidRule.Content.self), decision: decision,
                    reason: reader.string(fields, "because"), position: element.position))
        }
        return rules
    }

    private mutating func readForbiddenTools(_ fields: Fields) -> [String] {
        guard let node = fields["tools"], let elements = reader.sequence(node, "`tools`") else { return [] }
        if elements.isEmpty {
            reader.report(
                node.position, "`tools` is empty, so the rule forbids nothing", fix: "Leave it out for all tools.")
        }
        var names: [String] = []
        for element in elements {
            guard let name = reader.string(element, "a tool's name") else { continue }
            _ = listedTool(name, at: element.position)
            names.append(name)
        }
        return names
    }

    /// Whether a member of `when` is about the call as a whole: a single word. A mapping is about an argument, also
    /// about one that happens to be called `sink` or `content`.
    private static func isAboutWhole(_ member: YAMLMember) -> Bool {
        guard case .scalar = member.value.kind else { return false }
        return member.name == "sink" || member.name == "content"
    }

    /// `sink: egress` or `content: secret` in `when`.
    private mutating func readWhole<Choice: RawRepresentable & CaseIterable>(
        _ fields: Fields, _ name: String, as type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard case .mapping(let members)? = fields["when"]?.kind,
            let member = members.first(where: { $0.name == name && Self.isAboutWhole($0) }),
            let text = reader.string(member.value, "`\(name)`")
        else { return nil }
        guard let choice = Choice(rawValue: text) else {
            reader.report(
                member.value.position, "`\(name)` is `\(text)`, which is unknown",
                fix: Spelling.fix(for: text, among: Choice.allCases.map(\.rawValue), called: "values"))
            return nil
        }
        return choice
    }

    private mutating func readClauses(_ fields: Fields, of tools: [String]) -> [ForbidRule.Clause] {
        guard let node = fields["when"], let all = reader.mapping(node, "`when`") else { return [] }
        if all.isEmpty {
            reader.report(node.position, "`when` is empty", fix: "Leave it out to forbid every call.")
        }
        let members = all.filter { !Self.isAboutWhole($0) }
        let definitions = tools.isEmpty ? self.tools.compactMap { definition($0) } : tools.compactMap { definition($0) }
        return members.compactMap { member in
            // An argument that no tool has would make a rule that never applies.
            let known = definitions.flatMap { $0.arguments.rootNode.properties.map(\.name) }
            let lacking = definitions.filter { !$0.arguments.rootNode.properties.contains { $0.name == member.name } }
            if tools.isEmpty ? lacking.count == definitions.count : !lacking.isEmpty {
                let names = tools.isEmpty ? "no tool" : "the tool `\(lacking.first?.name ?? "")`"
                reader.report(
                    member.namePosition,
                    tools.isEmpty
                        ? "\(names) has an argument `\(member.name)`" : "\(names) has no argument `\(member.name)`",
                    fix: Spelling.fix(for: member.name, among: known, called: "arguments"))
            }
            guard
                let conditions = reader.fields(
                    member.value, of: "the condition on `\(member.name)`",
                    known: ["one_of", "pattern", "host_in", "label", "content"])
            else { return nil }
            if conditions.members.isEmpty {
                reader.report(member.value.position, "the condition on `\(member.name)` says nothing")
            }
            return ForbidRule.Clause(
                argument: member.name,
                conditions: conditions.members.compactMap { readCondition($0.name, $0.value) })
        }
    }

    private mutating func readCondition(_ name: String, _ node: YAMLNode) -> ForbidRule.Condition? {
        switch name {
        case "one_of":
            guard let elements = reader.sequence(node, "`one_of`") else { return nil }
            if elements.isEmpty { reader.report(node.position, "`one_of` is empty, so nothing would be forbidden") }
            return .oneOf(elements.map(\.json))
        case "pattern":
            guard let source = reader.string(node, "`pattern`") else { return nil }
            return pattern(source, at: node.position).map { .pattern($0.source) }
        case "host_in": return hosts(node).map(ForbidRule.Condition.hostIn)
        case "content":
            guard reader.string(node, "`content`") == "secret" else {
                reader.report(node.position, "`content` of a condition can only be `secret`")
                return nil
            }
            return .secret
        default:
            guard reader.string(node, "`label`") == "untrusted" else {
                reader.report(node.position, "`label` of a condition can only be `untrusted`")
                return nil
            }
            return .untrusted
        }
    }
}
