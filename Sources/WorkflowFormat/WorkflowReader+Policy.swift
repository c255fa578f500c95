import JSONSchemas
import WebAddresses

extension WorkflowReader {
    static let policyKeys = ["tools", "forbid", "only", "approvals"]
    static let ruleKeys = ["decision", "max", "otherwise", "args", "unaddressed", "vouches", "tests"]
    static let predicateKeys = [
        "one_of", "max_length", "under", "host_in", "pattern", "max", "from", "allow", "accept", "strip", "defang",
        "commands", "is", "handle", "links",
    ]

    mutating func readPolicy(_ fields: Fields) -> PolicyDefinition {
        guard let node = fields["policy"] else { return PolicyDefinition(position: fields.position) }
        let position = fields.position(of: "policy")
        guard let policy = reader.fields(node, of: "`policy`", known: Self.policyKeys) else {
            return PolicyDefinition(position: position)
        }
        return readPolicyBody(policy, at: position)
    }

    /// `tools`, `forbid` and `only`, wherever a policy is written.
    mutating func readPolicyBody(_ policy: Fields, at position: SourcePosition) -> PolicyDefinition {
        scope.canNameSteps = false
        defer { scope.canNameSteps = true }
        let members = policy["tools"].flatMap { reader.mapping($0, "`tools` of the policy") } ?? []
        let rules = members.compactMap { readRule($0) }
        let definition = PolicyDefinition(
            tools: rules, forbids: readForbids(policy), only: readOnly(policy),
            approvalLifetime: reader.approvalLifetime(policy), position: position)
        checkHandles(of: definition)
        checkContradictions(in: definition, policy)
        return definition
    }

    private mutating func readRule(_ member: YAMLMember) -> ToolRule? {
        let definition = listedTool(member.name, at: member.namePosition)
        guard
            let fields = reader.fields(
                member.value, of: "the rule for `\(member.name)`", known: Self.ruleKeys),
            let (decision, decidedBy) = readDecision(fields)
        else { return nil }
        let otherwise = reader.choice(fields, "otherwise", as: PolicyDecision.self) ?? .deny
        if otherwise == .allow, let node = fields["otherwise"] {
            reader.report(
                node.position, "`otherwise` is `allow`, which would undo the rule",
                fix: "Write `ask` or `deny`.")
        }
        let arguments = fields["args"].flatMap { reader.mapping($0, "`args`") } ?? []
        return ToolRule(
            tool: member.name, decision: decision, decidedBy: decidedBy, max: reader.integer(fields, "max", atLeast: 0),
            otherwise: otherwise, arguments: arguments.compactMap { readArgumentRule($0, of: definition) },
            isTrustedWhenUnaddressed: readUnaddressed(fields, of: definition),
            vouches: readVouches(fields, of: definition),
            tests: readTests(fields, of: definition), position: member.namePosition)
    }

    /// A decision, or the input that makes it: a trusted string whose default is one.
    private mutating func readDecision(_ fields: Fields) -> (PolicyDecision, String?)? {
        guard let node = fields["decision"], let text = node.json.stringValue, text.hasPrefix("${") else {
            return reader.choice(fields, "decision", as: PolicyDecision.self, isRequired: true).map { ($0, nil) }
        }
        guard let input = inputs.first(where: { text == "${inputs.\($0.name)}" }) else {
            reader.report(
                node.position, "`decision` names `\(text)`, which is no input", fix: "Write `${inputs.NAME}`.")
            return nil
        }
        guard input.trust == .trusted, input.type == .string,
            let decision = input.defaultValue.flatMap(PolicyDecision.init(rawValue:))
        else {
            reader.report(
                node.position,
                "`decision` names `\(input.name)`, which must be a trusted string with a decision as its default")
            return nil
        }
        return (decision, input.name)
    }

    private mutating func readArgumentRule(_ member: YAMLMember, of tool: ToolDefinition?) -> ArgumentRule? {
        let isKnown = tool.map { checkArgument(member.name, of: $0, at: member.namePosition) } ?? true
        guard
            let fields = reader.fields(
                member.value, of: "the rule for `\(member.name)`", known: Self.predicateKeys)
        else { return nil }
        var predicates: [ArgumentPredicate] = []
        for predicate in fields.members {
            guard let parsed = readPredicate(predicate.name, predicate.value, fields) else { continue }
            predicates.append(parsed)
            if isKnown, let tool {
                check(parsed, suits: member.name, of: tool, at: predicate.value.position)
            }
        }
        checkContradictions(of: predicates, argument: member.name, fields)
        return ArgumentRule(argument: member.name, predicates: predicates, position: member.namePosition)
    }

    private mutating func readPredicate(_ name: String, _ node: YAMLNode, _ fields: Fields)
        -> ArgumentPredicate?
    {
        switch name {
        case "one_of":
            if let name = listInput(node) { return .oneOfInput(name) }
            guard let elements = reader.sequence(node, "`one_of`") else { return nil }
            if elements.isEmpty {
                reader.report(node.position, "`one_of` is empty, so nothing would be allowed")
            }
            return .oneOf(elements.map(\.json))
        case "max_length": return reader.integer(fields, name, atLeast: 0).map(ArgumentPredicate.maxLength)
        case "under": return policyConstant(node, name, takesPaths: true).map(ArgumentPredicate.under)
        case "commands": return policyConstant(node, name).map(ArgumentPredicate.commands)
        case "pattern":
            guard let source = reader.string(node, "`pattern`") else { return nil }
            return pattern(source, at: node.position).map { .pattern($0.source) }
        case "host_in": return hosts(node).map(ArgumentPredicate.hostIn)
        case "max":
            return reader.number(node, "`max`", in: -.greatestFiniteMagnitude...(.infinity)).map(
                ArgumentPredicate.max)
        case "from":
            return names(node, "from", among: ArgumentPredicate.allSources).map(ArgumentPredicate.from)
        case "allow":
            guard reader.string(node, "`allow`") == "untrusted" else {
                reader.report(node.position, "`allow` of an argument can only be `untrusted`")
                return nil
            }
            return .allowUntrusted
        case "accept":
            guard reader.string(node, "`accept`") == "enum" else {
                reader.report(node.position, "`accept` of an argument can only be `enum`")
                return nil
            }
            return .acceptEnum
        case "strip":
            return names(node, name, among: ArgumentPredicate.allTextFeatures).map(ArgumentPredicate.strip)
        case "defang":
            return names(node, name, among: ArgumentPredicate.allTextFeatures).map(ArgumentPredicate.defang)
        case "is": return reader.choice(fields, name, as: ValueForm.self).map(ArgumentPredicate.form)
        case "handle": return reader.string(fields, name).map(ArgumentPredicate.handle)
        case "links": return readLinks(node).map(ArgumentPredicate.links)
        default: return nil
        }
    }

    /// A list of hosts that are the same to every parser.
    mutating func hosts(_ node: YAMLNode) -> [HostEntry]? {
        guard let elements = reader.sequence(node, "`host_in`") else { return nil }
        if elements.isEmpty { reader.report(node.position, "`host_in` is empty, so nothing would be allowed") }
        var hosts: [HostEntry] = []
        for element in elements {
            guard let text = reader.string(element, "a host") else { continue }
            do {
                hosts.append(try HostEntry(text))
            } catch {
                reader.report(
                    element.position, "`host_in` lists `\(text)`, which isn't a host: \(error)",
                    fix: "Write `example.org` or `example.org:8443`.")
            }
        }
        return hosts
    }

    /// The trusted input of type `list` that `${inputs.NAME}` names; nil where the node is something else.
    private mutating func listInput(_ node: YAMLNode) -> String? {
        guard case .scalar = node.kind, let reference = template(node), case .reference(let path) = reference,
            case .input(let name) = path.root
        else { return nil }
        guard let input = inputs.first(where: { $0.name == name }), input.type == .list, input.trust == .trusted,
            path.path.isEmpty
        else {
            reader.report(
                node.position, "`one_of` names `${inputs.\(name)}`, which isn't a trusted input of type `list`")
            return nil
        }
        return name
    }

    /// One known name or a list of them.
    mutating func names(_ node: YAMLNode, _ key: String, among known: [String]) -> [String]? {
        let nodes: [YAMLNode]
        if case .sequence(let elements) = node.kind { nodes = elements } else { nodes = [node] }
        var names: [String] = []
        for node in nodes {
            guard let name = reader.string(node, "`\(key)`") else { continue }
            guard known.contains(name) else {
                reader.report(
                    node.position, "`\(key)` names `\(name)`, which is unknown",
                    fix: Spelling.fix(for: name, among: known, called: "names"))
                continue
            }
            names.append(name)
        }
        return names.isEmpty ? nil : names
    }

    /// Whether the tool has the argument; reported when it hasn't.
    @discardableResult
    mutating func checkArgument(_ name: String, of tool: ToolDefinition, at position: SourcePosition) -> Bool {
        let node = tool.arguments.rootNode
        let isOpen = node.additionalProperties != .closed && node.additionalProperties != .unspecified
        let known = node.properties.map(\.name)
        guard !isOpen, !known.contains(name) else { return true }
        reader.report(
            position, "the tool `\(tool.name)` has no argument `\(name)`",
            fix: Spelling.fix(for: name, among: known, called: "arguments"))
        return false
    }

    /// A predicate that can't hold for any value of the argument's type is a mistake.
    private mutating func check(
        _ predicate: ArgumentPredicate, suits argument: String, of tool: ToolDefinition,
        at position: SourcePosition
    ) {
        let nodes = SchemaPath.nodes([argument], in: tool.arguments)
        guard !nodes.isEmpty else { return }
        let elements = SchemaPath.nodes([argument, "*"], in: tool.arguments)
        switch predicate {
        case .oneOf(let values):
            for value in values {
                let fits = (nodes + elements).contains { node in
                    tool.arguments.nodes.firstIndex(of: node).map {
                        tool.arguments.validate(value, against: $0).isEmpty
                    }
                        ?? true
                }
                if !fits {
                    reader.report(
                        position, "`one_of` lists `\(value.serialized())`, which `\(argument)` can't be")
                }
            }
        case .links:
            // Texts may be anywhere in it.
            if nodes.allSatisfy({ $0.types.isDisjoint(with: [.string, .array, .object]) }) {
                reader.report(position, "`\(argument)` is never a text, so it has no links")
            }
        case .oneOfInput, .maxLength, .pattern, .under, .hostIn, .strip, .defang, .commands:
            if !(nodes + elements).contains(where: { $0.types.contains(.string) }) {
                reader.report(position, "`\(argument)` is never a string, so this can't hold")
            }
        case .max:
            if nodes.allSatisfy({ $0.types.isDisjoint(with: [.number, .integer]) }) {
                reader.report(position, "`\(argument)` is never a number, so `max` can't hold")
            }
        case .from, .allowUntrusted, .acceptEnum, .form, .handle: break
        }
    }

    private mutating func readTests(_ fields: Fields, of tool: ToolDefinition?) -> [PolicyTest] {
        guard let node = fields["tests"], let elements = reader.sequence(node, "`tests`") else { return [] }
        return elements.compactMap { element in
            reader.fields(element, of: "a policy test", known: Self.testKeys).flatMap {
                readTest($0, of: tool, at: element.position)
            }
        }
    }
}
