import Foundation
import JSONSchemas
import PolicyEngine
import Provenance
import TestSupport
import ToolExecution
import WorkflowFormat

/// The policy of a workflow that comes with Warrant, as a run with the sample's inputs decides by it.
struct ShippedWorkflow {
    let name: String
    let workflow: Workflow
    let registry: ToolRegistry
    let policy: Policy
    /// Each input's value as a rule may name it; files and folders by their real paths.
    let inputs: [String: JSONValue]

    static let names = ["spec-to-test-plan", "ticket-triage", "repair-guide"]

    /// - Parameters:
    ///   - name: the workflow's folder.
    ///   - changed: inputs that are not the sample's.
    /// - Throws: what is wrong with the workflow.
    init(_ name: String, changed: [String: JSONValue] = [:]) throws {
        self.name = name
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path(percentEncoded: false)
        registry = try ToolRegistry(
            definitions: ToolDefinition.loadAll(directory: root + "Tools"),
            profiles: SandboxProfileDefinition.loadAll(directory: root + "Sandbox/profiles"))
        workflow = try Workflow.load(path: root + "Workflows/" + name, tools: registry.definitions)
        var values: [String: JSONValue] = [:]
        for input in workflow.inputs {
            guard let text = input.defaultValue else { continue }
            switch input.type {
            case .file, .folder: values[input.name] = .string(workflow.directory + "/" + text)
            case .list:
                values[input.name] = .array(
                    text.split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
            case .lines:
                let lines = try String(contentsOfFile: workflow.directory + "/" + text, encoding: .utf8)
                values[input.name] = .array(
                    lines.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { .string(String($0)) })
            case .command: values[input.name] = .array(text.split(separator: " ").map { .string(String($0)) })
            default: values[input.name] = .string(text)
            }
        }
        inputs = values.merging(changed) { _, new in new }
        let known = inputs
        policy = try Policy(
            workflow.policy.withLists(from: known).decided { known[$0]?.stringValue }, tools: registry.definitions)
    }

    /// The tools that the policy lists.
    var listed: [ToolDefinition] {
        registry.definitions.filter { tool in workflow.policy.tools.contains { $0.tool == tool.name } }
    }

    /// The text of an input.
    func text(_ input: String) -> String { inputs[input]?.stringValue ?? "" }

    /// What is decided on a call whose arguments were all written by a planner that has read untrusted text, but for
    /// those that are named in `trusted`: they refer to inputs.
    func decision(
        _ tool: String, _ arguments: JSONObject, trusted: Set<String> = []
    ) -> PolicyDecision {
        var roots: [String: [String]] = [:]
        for (rule, _, template) in policy.roots(for: tool) { roots[rule, default: []] += strings(template) }
        var lists: [String: [String]] = [:]
        for (rule, template) in policy.lists(for: tool) { lists[rule] = strings(template) }
        var paths: [String: String] = [:]
        var labels: [String: Label] = [:]
        for (name, value) in arguments {
            if let path = value.stringValue {
                let full = path.hasPrefix("/") ? path : workflow.directory + "/" + path
                paths[name] = URL(filePath: full).standardizedFileURL.resolvingSymlinksInPath()
                    .path(percentEncoded: false)
            }
            if trusted.contains(name) { labels[name] = .trusted(.input(name)) }
        }
        let source = Source(step: "tickets", tool: "file.read", pointer: "/rows/0/body")
        return policy.decide(
            Labelled(ToolCall(tool: tool, arguments: arguments), label: .untrusted(source)),
            in: PolicyContext(
                run: "run", address: "step", roots: roots, resolvedPaths: paths, argumentLabels: labels, lists: lists)
        ).outcome
    }

    private func strings(_ template: ValueTemplate) -> [String] {
        let value = template.evaluate { reference in
            if case .input(let name) = reference.root { inputs[name] ?? .null } else { .null }
        }
        return (value.arrayValue ?? [value]).compactMap(\.stringValue)
    }
}
