import JSONSchemas
import PolicyEngine
import Testing
import WorkflowFormat

/// The `tests:` written beside a workflow's rules.
@Suite struct PolicyTestsOfRulesTests {
    private func failures(
        _ predicates: [String: [ArgumentPredicate]], _ tests: [(JSONObject, PolicyDecision)],
        tool: String = "issue.create", inputs: [String: JSONValue] = [:]
    ) throws -> [PolicyTestFailure] {
        let written = tests.enumerated().map {
            PolicyTest(
                call: $0.element.0, expect: $0.element.1,
                position: SourcePosition(file: "workflow.yaml", line: 10 + $0.offset, column: 9))
        }
        let rule = ToolRule(
            tool: tool, decision: .allow,
            arguments: predicates.sorted { $0.key < $1.key }.map {
                ArgumentRule(argument: $0.key, predicates: $0.value)
            },
            tests: written)
        return try Policy.runTests(
            PolicyDefinition(tools: [rule]), tools: try Samples.tools(), inputs: inputs)
    }

    @Test func `tests that hold give no failure and one that does not is named with its place`() throws {
        let rules: [String: [ArgumentPredicate]] = ["labels": [.oneOf(["bug"])], "title": [.allowUntrusted]]
        let tests: [(JSONObject, PolicyDecision)] = [
            (["title": "t", "labels": ["bug"]], .allow), (["title": "t", "labels": ["admin"]], .deny),
            (["title": "t", "labels": ["admin"]], .allow),
        ]
        let failures = try failures(rules, tests)
        #expect(failures.count == 1)
        #expect(failures.first?.position.line == 12)
        #expect(
            failures.first?.description.hasPrefix(
                "workflow.yaml:12:9: The policy test expects `allow` and gets `deny`. Denied by `issue.create.labels.one_of`"
            )
                == true)
    }

    @Test func `arguments count as a model's unless they name an input`() throws {
        let rules: [String: [ArgumentPredicate]] = ["project": [.from(["workflow", "inputs"])]]
        #expect(
            try failures(rules, [(["project": "evil"], .deny), (["project": "${inputs.project}"], .allow)])
                .isEmpty)
        let stricter: [String: [ArgumentPredicate]] = ["project": [.from(["inputs"]), .pattern("^[a-z]+$")]]
        let test: [(JSONObject, PolicyDecision)] = [(["project": "${inputs.project}"], .allow)]
        #expect(try failures(stricter, test, inputs: ["project": "demo"]).isEmpty)
        #expect(try failures(stricter, test).count == 1)
    }

    @Test func `paths are compared as they are written`() throws {
        let reference = Reference(
            root: .input("docs"), position: SourcePosition(file: "workflow.yaml"), text: "inputs.docs")
        let rules: [String: [ArgumentPredicate]] = ["path": [.under(.reference(reference))]]
        #expect(
            try failures(
                rules,
                [
                    (["path": "${inputs.docs}/a.md"], .allow), (["path": "${inputs.docs}"], .allow),
                    (["path": "/etc/passwd"], .deny), (["path": "${inputs.docs}/../x"], .deny),
                    (["path": "${inputs.other}/a.md"], .deny),
                ], tool: "file.read"
            ).isEmpty)
    }
}
