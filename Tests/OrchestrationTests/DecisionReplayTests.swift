import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// Decisions of a recorded run, made again.
@Suite struct DecisionReplayTests {
    private func replay(
        _ stage: Stage, _ run: RunID, by policy: String, operatorPolicy: OperatorPolicy? = nil
    ) throws -> DecisionReplay {
        let definition = try PolicyDefinition.load(
            path: try stage.folder.write(policy, to: "other.yaml"), tools: stage.registry.definitions)
        return try DecisionReplay(
            stage.journal.run(run), entries: try stage.journal.entries(of: run), by: definition,
            registry: stage.registry, operatorPolicy: operatorPolicy)
    }

    private func bare(_ rule: String) -> String {
        """
        tools:
          file.read: { decision: allow }
          table.write: { decision: allow }
          sql.query: { decision: allow }
          issue.create: \(rule)
        """
    }

    @Test(arguments: [GateTests.allow, GateTests.ask, "{ decision: deny }", ApprovalRunTests.labelled])
    func `by its own policy nothing changes`(rule: String) async throws {
        let stage = try Stage(GateTests.filing(rule), files: ApprovalRunTests.repeated)
        let run = try await stage.play().run
        #expect(try replay(stage, run, by: GateTests.filing(rule)).changes.isEmpty)
        try stage.approveAll(run)
        _ = try await stage.resume(run)
        let whole = try replay(stage, run, by: GateTests.filing(rule))
        #expect(whole.changes.isEmpty)
        #expect(whole.decisionCount == (try stage.entries(run, .callDecided).count) && whole.decisionCount >= 6)
        // The same rules in a file of their own find the same.
        #expect(try replay(stage, run, by: bare(rule)).changes.isEmpty)
    }

    @Test func `another policy's other decisions are listed with both rules`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.allow), files: GateTests.rows)
        let run = try await stage.play().run
        let asked = try replay(stage, run, by: bare(GateTests.ask))
        #expect(asked.changes.map(\.step) == ["each[0]/create", "each[1]/create", "each[2]/create"])
        #expect(asked.changes.allSatisfy { $0.before == .allow && $0.after == .ask && $0.rule == "issue.create" })
        let fewer = try replay(stage, run, by: bare(GateTests.allow.replacing("max: 3", with: "max: 1")))
        #expect(fewer.changes.map(\.step) == ["each[1]/create", "each[2]/create"])
        #expect(fewer.changes.allSatisfy { $0.after == .deny && $0.rule == "issue.create.max" })
        let short = try replay(
            stage, run,
            by: bare(
                "{ decision: allow, args: { title: { allow: untrusted, max_length: 3 }, body: { allow: untrusted } } }")
        )
        #expect(short.changes.map(\.step) == ["each[2]/create"])
        #expect(short.changes.first?.ruleBefore == "issue.create")
        let unlisted = try replay(stage, run, by: "tools: {}")
        #expect(unlisted.changes.count == unlisted.decisionCount)
        #expect(unlisted.changes.first?.toJSON()["after"] == "deny")
    }

    @Test func `roots of another policy come from the recorded inputs`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.allow), files: GateTests.rows)
        let run = try await stage.play().run
        func steps(_ rule: String) throws -> [String] {
            let text = bare(GateTests.allow).replacing(
                "file.read: { decision: allow }", with: "file.read: { decision: allow, args: { path: \(rule) } }")
            return try replay(stage, run, by: text).changes.map(\.step)
        }
        let folder = try #require(try stage.journal.run(run).parameters["folder"]?.stringValue)
        #expect(try steps("{ under: \(folder) }") == [])
        #expect(try steps("{ under: /nowhere }") == ["load"])
        let workflow = GateTests.filing(GateTests.allow).replacing(
            "file.read: { decision: allow }",
            with: #"file.read: { decision: allow, args: { path: { under: "${inputs.rows}" } } }"#)
        #expect(try replay(stage, run, by: workflow).changes.isEmpty)
    }

    @Test func `endorsements and refused edits are part of the record`() async throws {
        let stage = try Stage(GateTests.filing(ApprovalRunTests.labelled), files: ApprovalRunTests.repeated)
        let run = try await stage.play().run
        for (step, edited) in [
            ("each[0]/create", nil), ("each[2]/create", ["project": 7, "title": "t", "body": "b"]),
        ] as [(String, JSONObject?)] {
            let digest = try #require(
                try stage.journal.pendingApprovals(run: run).first { $0.step == step }?.digest)
            let approval = Approval(
                digest: digest, decision: .approved, person: "tester", editedArguments: edited,
                endorsedArguments: ["title"], at: "")
            try stage.journal.append(.approvalRecorded, run: run, step: step, body: approval.toJSON())
        }
        #expect(try await stage.resume(run).outcome == .denied)
        let decisions = try stage.entries(run, .callDecided)
        #expect(decisions.contains { $0.step == "each[1]/create" && $0.body["decision"] == "allow" })
        #expect(decisions.contains { $0.step == "each[2]/create" && $0.body["decision"] == "deny" })
        #expect(try replay(stage, run, by: GateTests.filing(ApprovalRunTests.labelled)).changes.isEmpty)
    }

    @Test func `the operator's policy narrows, the run's own workflow is not needed, and a mistake is refused`()
        async throws
    {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let run = try await stage.play().run
        let path = try stage.folder.write("approvals: { expire: 8h }", to: "policy.yaml")
        let operators = try OperatorPolicy.load(path: path, tools: stage.registry.definitions)
        #expect(try replay(stage, run, by: bare(GateTests.ask), operatorPolicy: operators).changes.isEmpty)

        try stage.folder.write("workflow: [", to: "workflow/workflow.yaml")
        #expect(try replay(stage, run, by: bare(GateTests.allow)).changes.count == 3)
        #expect(throws: WorkflowErrors.self) {
            try replay(stage, run, by: "tools: { issue.creat: { decision: deny } }")
        }
        #expect(throws: WorkflowErrors.self) { try replay(stage, run, by: "tools: [") }
    }

    @Test func `a record that does not say what a decision was made from is refused`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.allow), files: GateTests.rows)
        let run = try await stage.play().run
        try stage.journal.append(
            .callDecided, run: run, step: "each[0]/create",
            body: ["decision": "allow", "rule": "issue.create", "sentence": "s", "policy": "p"])
        let error = #expect(throws: DecisionReplayError.self) { try replay(stage, run, by: bare(GateTests.allow)) }
        #expect(error?.description.contains("step `each[0]/create`") == true)
    }
}
