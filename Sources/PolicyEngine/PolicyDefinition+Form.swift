import JSONSchemas
import WebAddresses
import WorkflowFormat

extension ToolRule {
    /// What the rule means, without where it is written and without its tests; equal meanings give equal text.
    var canonicalForm: JSONValue {
        var form: JSONObject = [
            "tool": .string(tool), "decision": .string(decision.rawValue),
            "otherwise": .string(otherwise.rawValue),
            "max": max.map { .integer($0) } ?? .null,
            "args": .array(
                arguments.map { ["name": .string($0.argument), "is": .array($0.predicates.map(\.form))] }),
        ]
        // Left out where they say nothing, so that older policies keep their version.
        if isTrustedWhenUnaddressed { form["unaddressed"] = "trusted" }
        if !vouches.isEmpty { form["vouches"] = .array(vouches.map(\.form)) }
        return .object(form)
    }
}

extension VouchRule {
    fileprivate var form: JSONValue {
        var form: JSONObject = [
            "kind": .string(kind), "records": .string(records.description), "handle": .string(handle.description),
            "when": .string(condition.name),
        ]
        switch condition {
        case .described(let fields): form["by"] = .array(fields.map { .string($0.description) })
        case .onlyMatch(let fields), .directory(let fields):
            let names = fields?.map { JSONValue.string($0.description) }
            form["by"] = names.map { JSONValue.array($0) } ?? JSONValue.string("any")
        case .created: break
        }
        return .object(form)
    }
}

extension ForbidRule {
    /// What the rule means, without where it is written.
    var canonicalForm: JSONValue {
        var form: JSONObject = [
            "forbid": .string(id), "tools": .array(tools.sorted().map { .string($0) }),
            "when": .array(
                clauses.map { clause in
                    ["name": .string(clause.argument), "is": .array(clause.conditions.map(\.form))]
                }),
        ]
        if let sink { form["sink"] = .string(sink.rawValue) }
        if let content { form["content"] = .string(content.rawValue) }
        if decision != .deny { form["decision"] = .string(decision.rawValue) }
        return .object(form)
    }
}

extension ForbidRule.Condition {
    fileprivate var form: JSONValue {
        switch self {
        case .oneOf(let values): ["one_of": .array(values)]
        case .pattern(let source): ["pattern": .string(source)]
        case .hostIn(let hosts): ["host_in": .array(hosts.sorted().map { .string($0.description) })]
        case .untrusted: ["label": "untrusted"]
        case .secret: ["content": "secret"]
        }
    }
}

extension ToolDefinition {
    /// The part of a manifest that decisions depend on.
    var policyForm: JSONValue {
        var form: JSONObject = [
            "name": .string(name), "arguments": arguments.source, "effect": .string(effect.rawValue),
            "control": .array(sinkControl.map { .string($0) }),
            "content": .array(sinkContent.map { .string($0) }),
        ]
        if isEgress { form["egress"] = true }
        if leastDecision != .allow { form["least"] = .string(leastDecision.rawValue) }
        if let sinkAudience { form["audience"] = .array(sinkAudience.sorted().map { .string($0) }) }
        if !identifiers.isEmpty {
            form["identifiers"] = .object(
                JSONObject(identifiers.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        if !vouches.isEmpty { form["vouches"] = .array(vouches.map(\.form)) }
        if !hostArguments.isEmpty { form["hosts"] = .array(hostArguments.map { .string($0) }) }
        return .object(form)
    }
}

extension ArgumentPredicate {
    fileprivate var form: JSONValue {
        func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return switch self {
        case .oneOf(let values): ["one_of": .array(values)]
        case .oneOfInput(let name): ["one_of_input": .string(name)]
        case .maxLength(let limit): ["max_length": .integer(limit)]
        case .under(let template): ["under": template.form]
        case .hostIn(let hosts): ["host_in": strings(hosts.sorted().map(\.description))]
        case .commands(let template): ["commands": template.form]
        case .pattern(let text): ["pattern": .string(text)]
        case .max(let limit): ["max": .number(limit)]
        case .from(let names): ["from": strings(names)]
        case .allowUntrusted: ["allow": "untrusted"]
        case .acceptEnum: ["accept": "enum"]
        case .strip(let names): ["strip": strings(names)]
        case .defang(let names): ["defang": strings(names)]
        case .form(let form): ["is": .string(form.rawValue)]
        case .handle(let kind): ["handle": .string(kind)]
        case .links(let rule):
            ["links": ["task": .bool(rule.allowsTask), "host_in": strings(rule.hosts.sorted().map(\.description))]]
        }
    }
}

extension ValueTemplate {
    /// The template as JSON, references as they are written.
    var form: JSONValue { evaluate { .string($0.description) } }
}
