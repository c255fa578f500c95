import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// The tools and labels that the tests below decide about.
enum Samples {
    static func tool(
        _ name: String, control: [String] = [], content: [String] = [], audience: [String]? = nil,
        properties: JSONObject
    ) throws -> ToolDefinition {
        let schema = try JSONSchema([
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ])
        return ToolDefinition(
            name: name, summary: "A tool.", arguments: schema, effect: .queryable, sinkControl: control,
            sinkContent: content, sinkAudience: audience)
    }

    static func tools() throws -> [ToolDefinition] {
        let text: JSONValue = ["type": "string"]
        return [
            try tool(
                "issue.create", control: ["project", "labels"], content: ["title", "body"],
                audience: ["kim"],
                properties: [
                    "project": text, "title": text, "body": text,
                    "labels": ["type": "array", "items": ["type": "string"]],
                ]),
            try tool("issue.find", properties: ["query": text, "limit": ["type": "integer"]]),
            try tool("file.read", properties: ["path": text]),
        ]
    }

    static let ticket = Source(step: "load", tool: "file.read", pointer: "/rows/0")
    static let untrusted = Label.untrusted(ticket)
    static let trusted = Label.trusted(.workflow())

    static func policy(_ rules: ToolRule..., narrowedBy narrowings: [PolicyDefinition] = []) throws -> Policy {
        try Policy(PolicyDefinition(tools: rules), tools: try tools(), narrowedBy: narrowings)
    }

    static func rule(
        _ tool: String, _ decision: PolicyDecision, max: Int? = nil, otherwise: PolicyDecision = .deny,
        _ arguments: [String: [ArgumentPredicate]] = [:]
    ) -> ToolRule {
        ToolRule(
            tool: tool, decision: decision, max: max, otherwise: otherwise,
            arguments: arguments.sorted { $0.key < $1.key }.map {
                ArgumentRule(argument: $0.key, predicates: $0.value)
            })
    }

    /// An answer that is used a second after it was given.
    static let promptUse = ApprovalUse(answeredNanoseconds: 0, usedNanoseconds: 1_000_000_000)

    /// A rule that allows.
    static func rule(
        _ tool: String, max: Int? = nil, otherwise: PolicyDecision = .deny,
        _ arguments: [String: [ArgumentPredicate]] = [:]
    ) -> ToolRule {
        rule(tool, .allow, max: max, otherwise: otherwise, arguments)
    }

    /// A rule that allows `issue.create`.
    static func rule(
        max: Int? = nil, otherwise: PolicyDecision = .deny, _ arguments: [String: [ArgumentPredicate]] = [:]
    ) -> ToolRule {
        rule("issue.create", .allow, max: max, otherwise: otherwise, arguments)
    }

    static func call(_ tool: String, _ arguments: JSONObject, label: Label = trusted) -> Labelled<ToolCall> {
        Labelled(ToolCall(tool: tool, arguments: arguments), label: label)
    }

    /// A call of `issue.create`.
    static func call(_ arguments: JSONObject, label: Label = trusted) -> Labelled<ToolCall> {
        call("issue.create", arguments, label: label)
    }

    static func context(
        earlier: [String: Int] = [:], roots: [String: [String]] = [:], paths: [String: String] = [:],
        labels: [String: Label] = [:]
    ) -> PolicyContext {
        PolicyContext(
            run: "run-1", address: "triage[3]/file#2", earlierCalls: earlier, roots: roots,
            resolvedPaths: paths,
            argumentLabels: labels)
    }
}

/// What a decision says, in a form that can be compared.
struct Said: Hashable {
    let outcome: PolicyDecision
    let rule: String
    let sentence: String

    init(_ decision: consuming Decision) {
        outcome = decision.outcome
        rule = decision.rule
        sentence = decision.sentence
    }
}
