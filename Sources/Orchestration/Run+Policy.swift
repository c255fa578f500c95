import JSONSchemas
import PolicyEngine
import RunJournal
import ToolExecution
import WorkflowFormat

/// The policy a run decides by, and what the record says of it.
extension Run {
    /// A workflow's policy with what the inputs say, narrowed by the operator's.
    static func policy(
        _ definition: PolicyDefinition, values: [String: JSONValue], registry: ToolRegistry,
        operatorPolicy: OperatorPolicy?
    ) throws(RunStartError) -> Policy {
        do {
            return try Policy(
                definition.withLists(from: values).decided { values[$0]?.stringValue }, tools: registry.definitions,
                narrowedBy: operatorPolicy.map { [$0.definition] } ?? [])
        } catch {
            throw RunStartError("\(error)")
        }
    }

    /// The inputs' values as the run works with them.
    nonisolated var inputValues: JSONValue {
        .object(JSONObject(inputs.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }))
    }

    /// What is recorded when the run goes on: the policy of now, and a sentence where it is another one.
    ///
    /// Decisions are made by the current policy: an operator who tightened it must not find an old one still at work,
    /// and an old question then fits no more and is asked again.
    nonisolated func changes(since entries: [JournalEntry]) -> (body: JSONValue, sentence: String?) {
        let current = configuration.operatorPolicy?.json ?? .null
        var recorded: JSONValue?
        var values: JSONValue?
        for entry in entries {
            let body = entry.kind == .runStarted ? entry.body["parameters"] : entry.body
            guard entry.kind == .runStarted || entry.kind == .runResumed, let body else { continue }
            recorded = body["operator"] ?? recorded
            values = body["values"] ?? values
        }
        var body: JSONObject = [
            "policy": .string(policy.version), "operator": current, "weights": services.model?.json ?? .null,
        ]
        if let first = services.first { body[Self.firstMember] = first.json }
        if values != inputValues {
            body["values"] = inputValues
            body["task"] = .array(trustedTexts.map { .string($0) })
        }
        guard !OperatorPolicy.isSame(recorded ?? .null, current) else { return (.object(body), nil) }
        let sentence =
            configuration.operatorPolicy.map {
                "The operator's policy `\($0.path)` is another one than before; decisions are made by the one of now."
            } ?? "The operator's policy of before is gone; decisions are made without one."
        body["sentence"] = .string(sentence)
        return (.object(body), sentence)
    }
}
