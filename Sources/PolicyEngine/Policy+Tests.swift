public import JSONSchemas
import Provenance
public import WorkflowFormat

/// A policy test that got another decision than it expects.
public struct PolicyTestFailure: Hashable, Sendable, CustomStringConvertible {
    /// The tool whose rule holds the test.
    public let tool: String
    /// Where the test is written.
    public let position: SourcePosition
    /// The decision it expects.
    public let expected: PolicyDecision
    /// The decision it got.
    public let actual: PolicyDecision
    /// The rule that must decide, where the test names one.
    public let expectedRule: String?
    /// Why it got that decision.
    public let sentence: String

    /// `FILE:LINE:COLUMN: The policy test expects ...`
    public var description: String {
        let rule = expectedRule.map { " by `\($0)`" } ?? ""
        return "\(position): The policy test expects `\(expected.rawValue)`\(rule) and gets `\(actual.rawValue)`. "
            + sentence
    }
}

extension Policy {
    /// Runs the tests of a policy's rules; an empty list means that all hold.
    public static func runTests(
        _ definition: PolicyDefinition, tools: [ToolDefinition], inputs: [String: JSONValue] = [:]
    ) throws(PolicyError) -> [PolicyTestFailure] {
        try Policy(definition, tools: tools).runTests(inputs: inputs)
    }

    /// Runs the tests written beside the rules.
    ///
    /// Every argument counts as untrusted, as if a model had written it after reading somebody's text. An argument
    /// that is exactly `${inputs.NAME}` counts as that trusted input and, where `inputs` knows it, has its value.
    /// The test's `task` is the only trusted text; what it lists under `after` are the lookups of the run.
    /// Nothing is looked up on disk: paths are compared as they are written, references as names.
    public func runTests(inputs: [String: JSONValue] = [:]) -> [PolicyTestFailure] {
        testedRules.flatMap { rule in
            rule.tests.compactMap { test in
                let decision = decide(test, tool: rule.tool, inputs: inputs)
                let actual = decision.outcome
                let isOtherRule = test.rule.map { $0 != decision.rule } ?? false
                guard actual != test.expect || isOtherRule else { return nil }
                return PolicyTestFailure(
                    tool: rule.tool, position: test.position, expected: test.expect, actual: actual,
                    expectedRule: test.rule, sentence: decision.sentence)
            }
        }
    }

    private func decide(_ test: PolicyTest, tool: String, inputs: [String: JSONValue]) -> Decision {
        var arguments = JSONObject()
        var labels: [String: Label] = [:]
        var paths: [String: String] = [:]
        for (argument, written) in test.call {
            // A path is compared as it is written, so that `${inputs.docs}/a.md` lies under `${inputs.docs}`.
            paths[argument] = written.stringValue
            guard let name = written.stringValue.flatMap(Self.inputName) else {
                arguments[argument] = written
                continue
            }
            arguments[argument] = inputs[name] ?? written
            labels[argument] = .trusted(.input(name))
        }
        var roots: [String: [String]] = [:]
        for (rule, _, template) in self.roots(for: tool) {
            let form = template.form
            roots[rule, default: []] += (form.arrayValue ?? [form]).compactMap(\.stringValue)
        }
        let task = TypedMatch(test.task)
        var handles = HandleLedger()
        for lookup in test.after {
            handles.observe(
                lookup.call, result: lookup.result, at: "policy-test", rules: vouches(for: lookup.call.tool), task: task
            )
        }
        return decide(
            Labelled(
                ToolCall(tool: tool, arguments: arguments), label: .untrusted(Source(step: "policy test"))),
            in: PolicyContext(
                run: "policy-test", address: "policy-test", roots: roots, resolvedPaths: paths,
                argumentLabels: labels, task: task, handles: handles))
    }

    /// `NAME` of `${inputs.NAME}`.
    private static func inputName(_ text: String) -> String? {
        guard text.hasPrefix("${inputs."), text.hasSuffix("}") else { return nil }
        let name = text.dropFirst("${inputs.".count).dropLast()
        return name.isEmpty || name.contains(where: { $0 == "." || $0 == "}" || $0 == "[" })
            ? nil : String(name)
    }
}
