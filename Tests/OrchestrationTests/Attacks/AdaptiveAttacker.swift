import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// Reads a workflow and its policy, and makes calls of everything that they permit.
///
/// What the workflow binds in its own calls stands there with the label that a run gives it. Everything else is the
/// attacker's: it writes each value that the policy, an input, a goal or a closed choice names, and counts as a closed
/// choice, as a record that a lookup vouches for, as a word of the task, and as what a person vouched for in an honest
/// call, wherever a policy looks at such things.
struct AdaptiveAttacker {
    private let workflow: ShippedWorkflow
    private let knowledge: RunKnowledge
    /// What the policy and the inputs name.
    private let words: [JSONValue]
    /// What the trusted texts and the closed choices say besides.
    private let furtherWords: [JSONValue]

    /// Stand for any value of their kind: nothing names them.
    private static let anything: Set<JSONValue> = ["x", ["x"], 1]
    /// Arguments that say where a tool looks, whether or not its manifest or a rule says so.
    private static let places: Set<String> = ["path", "in", "folder", "workspace", "database"]

    init(_ workflow: ShippedWorkflow) {
        self.workflow = workflow
        words = Self.namedWords(workflow)
        let texts = Self.trustedTexts(workflow)
        let said = texts.flatMap { $0.split(whereSeparator: \.isWhitespace).map { JSONValue.string(String($0)) } }
        furtherWords = Set(said + Self.closedChoices(workflow.workflow.steps)).subtracting(words)
            .sorted { $0.serialized() < $1.serialized() }
        knowledge = Self.knowledge(workflow, words: words + furtherWords, texts: texts)
    }

    // MARK: What it reaches

    /// The tools that it gets called without a person, and for arguments that say where a call lands or looks, the
    /// values that it could choose: `any` where that is any. What only the workflow could bind there is not listed.
    ///
    /// `inPairs`: whether two arguments are tried at a time.
    func reached(inPairs: Bool = true) -> Set<String> {
        var reached: Set<String> = []
        for tool in workflow.tools {
            let names = tool.arguments.rootNode.properties.map(\.name).sorted()
            let aimed = Set(tool.sinkControl + workflow.policy.roots(for: tool.name).map(\.argument))
                .union(Self.places.intersection(names))
            var chosen: [String: Set<JSONValue>] = [:]
            for bound in [ShippedCall(tool.name)] + workflow.bindings(of: tool.name) {
                let free = names.filter { bound.arguments[$0] == nil }
                for call in calls(tool, bound, free: free, inPairs: inPairs) {
                    guard workflow.ruling(on: call, knowing: knowledge).outcome == .allow else { continue }
                    reached.insert("\(workflow.name): \(tool.name)")
                    for name in free where aimed.contains(name) {
                        if let value = call.arguments[name] { chosen[name, default: []].insert(value) }
                    }
                }
            }
            for (name, values) in chosen {
                let texts = values.isDisjoint(with: Self.anything) ? values.map(text(of:)) : ["any"]
                for value in texts { reached.insert("\(workflow.name): \(tool.name) \(name) \(value)") }
            }
        }
        return reached
    }

    private func text(of value: JSONValue) -> String {
        let words = (value.arrayValue ?? [value]).map { $0.stringValue ?? $0.serialized() }
        return words.joined(separator: " ").replacing(workflow.workflow.directory + "/", with: "")
    }

    // MARK: Its calls

    /// Calls that the workflow binds like this, with every word in every free argument, and two at a time in those that
    /// the policy or the manifest speaks about.
    private func calls(
        _ tool: ToolDefinition, _ bound: ShippedCall, free: [String], inPairs: Bool
    ) -> [ShippedCall] {
        let base = Self.plausible(tool, bound)
        let rule = workflow.definition.tools.first { $0.tool == tool.name }
        let spoken = Set(tool.sinkControl + tool.sinkContent + (rule?.arguments.map(\.argument) ?? []))
            .union(Self.places)
        func setting(_ call: ShippedCall, _ name: String, _ word: JSONValue) -> ShippedCall {
            let isRecord = tool.identifiers[name] != nil && word.intValue != nil
            var changed = call.setting(name, to: word, isRecord ? ShippedCall.tracker : ShippedCall.planner)
            changed.closedChoices = Set(free)
            return changed
        }
        var calls = [base]
        for first in free {
            let isSpoken = spoken.contains(first)
            for word in words + (isSpoken ? furtherWords : []) { calls.append(setting(base, first, word)) }
            guard inPairs, isSpoken else { continue }
            for second in free where second > first && spoken.contains(second) {
                for word in words {
                    let one = setting(base, first, word)
                    for other in words { calls.append(setting(one, second, other)) }
                }
            }
        }
        return calls
    }

    /// The call with values of the right kind for everything that is required and not bound.
    static func plausible(_ tool: ToolDefinition, _ bound: ShippedCall) -> ShippedCall {
        let schema = tool.arguments.source
        return (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue).reduce(bound) { call, name in
            guard call.arguments[name] == nil else { return call }
            let property = schema["properties"]?[name]
            let value: JSONValue =
                switch property?["type"]?.stringValue {
                case "integer": 1
                case "array": property?["items"]?["type"]?.stringValue == "object" ? [] : ["x"]
                case "object": [:]
                case "boolean": true
                default: name == "url" ? "https://evil.example/" : "x"
                }
            return call.setting(name, to: value, ShippedCall.planner)
        }
    }

    /// A rule that permits every call of a tool.
    static func permitting(_ tool: ToolDefinition) -> ToolRule {
        ToolRule(
            tool: tool.name, decision: .allow,
            arguments: tool.arguments.rootNode.properties.map {
                ArgumentRule(argument: $0.name, predicates: [.allowUntrusted])
            })
    }

    // MARK: What it knows

    private static func namedWords(_ workflow: ShippedWorkflow) -> [JSONValue] {
        var words: [JSONValue] = ["x", ["x"], [], 1, true, "/", "/etc/passwd", .string(workflow.workflow.directory)]
        for input in workflow.workflow.inputs {
            guard let value = workflow.inputs[input.name] else { continue }
            // A command's words are one value; the lines of a list of commands are one each.
            if input.type != .lines { words.append(value) }
            words += (value.arrayValue ?? []).flatMap { [$0, .array([$0])] }
            guard input.type == .lines else { continue }
            for line in (value.arrayValue ?? []).compactMap(\.stringValue) {
                let parts = line.split(separator: " ").map { JSONValue.string(String($0)) }
                words += parts + [.array(parts)]
            }
        }
        for predicate in workflow.definition.tools.flatMap(\.arguments).flatMap(\.predicates) {
            if case .oneOf(let values) = predicate { words += values.flatMap { [$0, .array([$0])] } }
        }
        return Set(words).sorted { $0.serialized() < $1.serialized() }
    }

    /// What the trusted inputs and the agents' goals say.
    private static func trustedTexts(_ workflow: ShippedWorkflow) -> [String] {
        let inputs = workflow.workflow.inputs.filter { $0.trust == .trusted }.flatMap { input -> [String] in
            let value = workflow.inputs[input.name] ?? .null
            return (value.arrayValue ?? [value]).map { $0.stringValue ?? $0.serialized() }
        }
        return inputs + workflow.agents.map { $0.goal.evaluate { _ in .null } }
    }

    /// The values of all closed choices that readings and agents make.
    private static func closedChoices(_ steps: [StepDefinition]) -> [JSONValue] {
        steps.flatMap { step -> [JSONValue] in
            switch step.kind {
            case .read(let read): choices(in: read.schema.source)
            case .agent(let agent): choices(in: agent.result.source)
            case .group(let parts): closedChoices(parts)
            default: []
            }
        }
    }

    private static func choices(in schema: JSONValue) -> [JSONValue] {
        if let elements = schema.arrayValue { return elements.flatMap(choices) }
        guard let members = schema.objectValue else { return [] }
        return members.flatMap { name, value in
            name == "enum" ? value.arrayValue ?? [] : choices(in: value)
        }
    }

    private static func knowledge(_ workflow: ShippedWorkflow, words: [JSONValue], texts: [String]) -> RunKnowledge {
        var known = RunKnowledge()
        known.task = TypedMatch(texts + words.compactMap(\.stringValue))
        let records = words.filter { $0.stringValue != nil || $0.intValue != nil }
        for kind in Set(workflow.tools.flatMap(\.identifiers.values)).sorted() {
            let rule = VouchRule(
                kind: kind, records: JSONPointer(["made"]), handle: JSONPointer(["ids"]), condition: .created)
            known.handles.observe(
                ToolCall(tool: "issue.create", arguments: ["title": "x"]), result: ["made": ["ids": .array(records)]],
                at: "made", rules: [rule], task: known.task)
        }
        for call in HonestCalls.all(of: workflow) {
            guard let request = workflow.ruling(on: call).request else { continue }
            let approval = Approval(
                digest: request.digest, decision: .approved, person: "tester", endorsedArguments: call.arguments.keys,
                at: "2026-01-01")
            known.endorsements += Endorsement.made(by: approval, to: request)
        }
        return known
    }
}
