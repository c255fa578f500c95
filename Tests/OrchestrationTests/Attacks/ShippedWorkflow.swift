import Foundation
import JSONSchemas
import Orchestration
import PolicyEngine
import Provenance
import ToolExecution
import WorkflowFormat

/// The policy of a workflow that comes with Warrant, as a run with the sample's inputs decides by it.
struct ShippedWorkflow {
    let name: String
    let workflow: Workflow
    /// Every tool there is.
    let tools: [ToolDefinition]
    /// The policy with what the inputs say.
    let definition: PolicyDefinition
    let policy: Policy
    /// Each input's value as a rule may name it; files and folders by their real paths.
    let inputs: [String: JSONValue]
    /// What `under` and `commands` measure by, by tool and rule.
    private let roots: [String: [String: [String]]]
    private let lists: [String: [String: [String]]]

    static let names = ["spec-to-test-plan", "ticket-triage", "repair-guide", "fix-from-failures"]

    /// All of them, each as wide as an operator can open it: the repair changes things without asking.
    static func all() throws -> [ShippedWorkflow] {
        try names.map { try ShippedWorkflow($0, changed: $0 == "repair-guide" ? ["commands": "allow"] : [:]) }
    }

    /// - Parameters:
    ///   - name: the workflow's folder.
    ///   - changed: inputs that are not the sample's.
    /// - Throws: what is wrong with the workflow.
    init(_ name: String, changed: [String: JSONValue] = [:]) throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path(percentEncoded: false)
        let registry = try ToolRegistry(
            definitions: ToolDefinition.loadAll(directory: root + "Tools"),
            profiles: SandboxProfileDefinition.loadAll(directory: root + "Sandbox/profiles"))
        let workflow = try Workflow.load(path: root + "Workflows/" + name, tools: registry.definitions)
        var values: [String: JSONValue] = [:]
        for input in workflow.inputs {
            guard let text = input.defaultValue else { continue }
            switch input.type {
            case .file, .folder: values[input.name] = .string(PathResolution.realPath(workflow.directory + "/" + text))
            case .list:
                values[input.name] = .array(
                    text.split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
            case .lines:
                let lines = try String(contentsOfFile: workflow.directory + "/" + text, encoding: .utf8)
                values[input.name] = .array(
                    lines.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { .string(String($0)) })
            case .command: values[input.name] = .array(text.split(separator: " ").map { .string(String($0)) })
            case .boolean: values[input.name] = .bool(text == "true")
            case .integer: if let number = Int(text) { values[input.name] = .integer(number) }
            default: values[input.name] = .string(text)
            }
        }
        let inputs = values.merging(changed) { _, new in new }
        try self.init(
            name: name, workflow: workflow, tools: registry.definitions,
            definition: workflow.policy.withLists(from: inputs).decided { inputs[$0]?.stringValue }, inputs: inputs)
    }

    private init(
        name: String, workflow: Workflow, tools: [ToolDefinition], definition: PolicyDefinition,
        inputs: [String: JSONValue]
    ) throws {
        self.name = name
        self.workflow = workflow
        self.tools = tools
        self.definition = definition
        self.inputs = inputs
        policy = try Policy(definition, tools: tools)
        var roots: [String: [String: [String]]] = [:]
        var lists: [String: [String: [String]]] = [:]
        for tool in tools.map(\.name) {
            for (rule, _, template) in policy.roots(for: tool) {
                let value = Self.value(template, inputs)
                roots[tool, default: [:]][rule, default: []] += (value.arrayValue ?? [value])
                    .compactMap(\.stringValue).map(PathResolution.realPath)
            }
            for (rule, template) in policy.lists(for: tool) {
                lists[tool, default: [:]][rule] = Self.value(template, inputs).arrayValue?.compactMap(\.stringValue)
            }
        }
        self.roots = roots
        self.lists = lists
    }

    /// The same workflow under other rules, or with other manifests.
    func with(_ definition: PolicyDefinition? = nil, tools: [ToolDefinition]? = nil) throws -> ShippedWorkflow {
        try ShippedWorkflow(
            name: name, workflow: workflow, tools: tools ?? self.tools, definition: definition ?? self.definition,
            inputs: inputs)
    }

    /// The tools that the policy lists.
    var listed: [ToolDefinition] {
        tools.filter { tool in definition.tools.contains { $0.tool == tool.name } }
    }

    /// The label of an input.
    func label(ofInput name: String) -> Label {
        let isTrusted = workflow.inputs.first { $0.name == name }?.trust == .trusted
        return isTrusted ? .trusted(.input(name)) : .untrusted(.input(name))
    }

    /// A call with these arguments.
    func call(_ tool: String, _ arguments: KeyValuePairs<String, ShippedCall.Origin>) -> ShippedCall {
        arguments.reduce(ShippedCall(tool)) { call, argument in
            switch argument.value {
            case .input(let name):
                call.setting(argument.key, to: inputs[name] ?? .null, label(ofInput: name))
            case .workflow(let value): call.setting(argument.key, to: value, .trusted(.workflow()))
            case .planner(let value): call.setting(argument.key, to: value, ShippedCall.planner)
            }
        }
    }

    /// What is decided on a call, and by which rule.
    func ruling(on call: ShippedCall, knowing known: RunKnowledge = RunKnowledge()) -> Ruling {
        let paths: [String: String] = roots[call.tool] == nil ? [:] : PathResolution.resolve(call.arguments)
        let context = PolicyContext(
            run: "run", address: "step", earlierCalls: [call.tool: call.earlierCalls], roots: roots[call.tool] ?? [:],
            resolvedPaths: paths, argumentLabels: call.labels, lists: lists[call.tool] ?? [:], task: known.task,
            handles: known.handles, endorsements: known.endorsements, closedChoices: call.closedChoices)
        let labelled = Labelled(ToolCall(tool: call.tool, arguments: call.arguments), label: call.label)
        switch policy.decide(labelled, in: context) {
        case .allow(let warrant):
            return Ruling(outcome: .allow, rule: warrant.rule, arguments: warrant.call.value.arguments)
        case .ask(let request):
            return Ruling(
                outcome: .ask, rule: request.rule, arguments: request.call.value.arguments, request: request)
        case .deny(let denial): return Ruling(outcome: .deny, rule: denial.rule)
        }
    }

    private static func value(_ template: ValueTemplate, _ inputs: [String: JSONValue]) -> JSONValue {
        template.evaluate { reference in
            if case .input(let name) = reference.root { inputs[name] ?? .null } else { .null }
        }
    }
}
