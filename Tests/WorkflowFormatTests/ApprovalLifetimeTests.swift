import Testing
import WorkflowFormat

@Suite struct ApprovalLifetimeTests {
    private func lifetime(_ line: String) throws -> Duration? {
        try SampleWorkflow.load(replacing: "policy:\n  tools:", with: "policy:\n  \(line)\n  tools:")
            .policy.approvalLifetime
    }

    @Test(arguments: [("8h", 28_800), ("1h30m", 5400), ("20s", 20)])
    func `a policy says how long an answer counts`(text: String, seconds: Int) throws {
        #expect(try SampleWorkflow.load().policy.approvalLifetime == nil)
        let read = try lifetime("approvals: { expire: \(text) }")
        #expect(read == .seconds(seconds))
        let policy = try SampleWorkflow.load(
            replacing: "policy:\n  tools:", with: "policy:\n  approvals: { expire: \(text) }\n  tools:"
        ).policy
        // What inputs decide changes nothing about it.
        #expect(try policy.withLists(from: [:]).decided { _ in "deny" }.approvalLifetime == read)
    }

    @Test(arguments: [
        ("approvals: { expire: soon }", "`expire` is `soon`, which is no duration"),
        ("approvals: { expire: 0s }", "`expire` is `0s`, which is no duration"),
        ("approvals: { expire: -1h }", "which is no duration"), ("approvals: {}", "has no `expire`"),
        ("approvals: 8h", "must be a mapping"), ("approvals: { expires: 8h }", "unknown key `expires`"),
    ])
    func `anything else is an error with its place`(line: String, problem: String) throws {
        let errors = try SampleWorkflow.errors(
            replacing: "policy:\n  tools:", with: "policy:\n  \(line)\n  tools:")
        #expect(errors.contains { $0.contains(problem) }, "\(errors)")
    }

    @Test func `a policy is read from a workflow, from a file of its own and from bare rules`() throws {
        let tools = try SampleWorkflow.definitions()
        let folder = try TemporaryFolder()
        func load(_ text: String) throws -> PolicyDefinition {
            try folder.write(text, to: "policy.yaml")
            return try PolicyDefinition.load(path: folder.path + "/policy.yaml", tools: tools)
        }
        let rule = "tools: { mail.send: { decision: ask, max: 2 } }\napprovals: { expire: 8h }\n"
        let bare = try load(rule)
        #expect(bare.tools.map(\.max) == [2] && bare.approvalLifetime == .seconds(28_800))
        let named = try load("policy: mine\n" + rule)
        #expect(named.tools.map(\.tool) == ["mail.send"] && named.approvalLifetime == .seconds(28_800))
        for (text, place) in [
            ("tools:\n  mail.sent: { decision: ask }", ":2:3: "), ("tool: {}", ":1:1: "), ("[]", ":1:1: "),
            ("tools: { mail.send: { decision: allow, args: { to: { under: \"${inputs.orders}\" } } } }", ":1:"),
        ] {
            let error = #expect(throws: WorkflowErrors.self) { try load(text) }
            #expect(error?.description.contains(place) == true, "\(String(describing: error))")
        }
        #expect(throws: WorkflowErrors.self) { try PolicyDefinition.load(path: "/nowhere.yaml", tools: tools) }
    }
}
