import JSONSchemas
import WebAddresses
import WorkflowFormat

extension ToolRule {
    /// What the rule means, without where it is written and without its tests; equal meanings give equal text.
    var canonicalForm: JSONValue {
        [
            "tool": .string(tool), "decision": .string(decision.rawValue),
            "otherwise": .string(otherwise.rawValue),
            "max": max.map { .integer($0) } ?? .null,
            "args": .array(
                arguments.map { ["name": .string($0.argument), "is": .array($0.predicates.map(\.form))] }),
        ]
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
        if leastDecision != .allow { form["least"] = .string(leastDecision.rawValue) }
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
        case .strip(let names): ["strip": strings(names)]
        case .defang(let names): ["defang": strings(names)]
        }
    }
}

extension ValueTemplate {
    /// The template as JSON, references as they are written.
    var form: JSONValue { evaluate { .string($0.description) } }
}
