import Databases
import Foundation
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing
import ToolExecution

/// The operator's policy narrows, fails closed, and is named in the record.
@Suite struct OperatorPolicyTests {
    private func load(_ text: String, _ stage: Stage) throws -> OperatorPolicy {
        let path = try stage.folder.write(text, to: "configuration/policy.yaml")
        return try #require(try OperatorPolicy.load(path: path, tools: stage.registry.definitions))
    }

    private func stage() throws -> Stage { try Stage(GateTests.filing(GateTests.allow), files: GateTests.rows) }

    @Test(arguments: [
        ("tools: { issue.create: { decision: allow } }", RunVerdict.Outcome.done),
        ("tools: { issue.find: { decision: deny } }", .done),
        ("tools: {}", .done),
        ("tools: { issue.create: { decision: ask } }", .parked),
        ("tools: { issue.create: { decision: deny } }", .denied),
        ("tools: { issue.create: { decision: allow, max: 2 } }", .denied),
        ("tools: { issue.create: { decision: allow, args: { project: { one_of: [other] } } } }", .denied),
    ])
    func `it can only make a decision stricter`(text: String, outcome: RunVerdict.Outcome) async throws {
        let stage = try stage()
        let verdict = try await stage.play(operatorPolicy: try load(text, stage))
        #expect(verdict.outcome == outcome, "\(verdict)")
        if outcome == .denied { #expect(verdict.reason?.contains("operator.issue.create") == true) }
    }

    @Test func `it permits nothing that the workflow's own policy does not`() async throws {
        for rule in ["{ decision: deny }", "{ decision: ask }"] {
            let stage = try Stage(GateTests.filing(rule), files: GateTests.rows)
            let lenient = try load("tools: { issue.create: { decision: allow } }", stage)
            let with = try await stage.play(operatorPolicy: lenient)
            #expect(with.outcome == (try await stage.play().outcome))
        }
    }

    @Test(arguments: [
        ("tools: { issue.create: { decision: maybe } }", ":1:36: "),
        ("tools:\n  issue.creat: { decision: deny }", ":2:3: "),
        ("tools:\n  issue.create: { decision: deny, args: { titel: { max_length: 3 } } }", ":2:43: "),
        ("tools:\n  issue.create: { decision: deny, args: { title: { from: [nowhere] } } }", ":2:59: "),
        ("toolz: {}", ":1:1: "),
        ("approvals: { expire: soon }", ":1:22: "),
        ("tools: [", "policy.yaml:"),
        ("", "policy.yaml"),
        ("tools:\n  file.read: { decision: allow, args: { path: { under: \"${inputs.docs}\" } } }", ":2:"),
        (
            "tools:\n  issue.create:\n    decision: allow\n    tests: [{ call: { title: t, body: b }, expect: allow }]",
            ":4:"
        ),
    ])
    func `a mistake in it is an error with its place`(text: String, place: String) throws {
        let stage = try stage()
        let error = #expect(throws: OperatorPolicyError.self) { try load(text, stage) }
        #expect(error?.description.contains(place) == true, "\(String(describing: error))")
    }

    @Test func `only a file that is certainly absent counts as none`() throws {
        let stage = try stage()
        let tools = stage.registry.definitions
        #expect(try OperatorPolicy.load(path: stage.folder.path("nowhere/policy.yaml"), tools: tools) == nil)
        try stage.folder.makeFolder("configuration/policy.yaml")
        #expect(throws: OperatorPolicyError.self) {
            try OperatorPolicy.load(path: stage.folder.path("configuration/policy.yaml"), tools: tools)
        }
        let link = stage.folder.path("configuration/link.yaml")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere/policy.yaml")
        #expect(throws: OperatorPolicyError.self) { try OperatorPolicy.load(path: link, tools: tools) }
        try Data([0xFF, 0xFE]).write(to: URL(filePath: stage.folder.path("configuration/bytes.yaml")))
        #expect(throws: OperatorPolicyError.self) {
            try OperatorPolicy.load(path: stage.folder.path("configuration/bytes.yaml"), tools: tools)
        }
    }

    @Test func `the record names it, and says so when a resumed run finds another one`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let first = try load("approvals: { expire: 8h }", stage)
        let parked = try await stage.play(operatorPolicy: first)
        #expect(try stage.journal.run(parked.run).parameters["operator"] == first.json)
        #expect(try await stage.resume(parked.run, operatorPolicy: first).outcome == .parked)
        try stage.approveAll(parked.run)
        let stricter = try load("tools: { issue.create: { decision: ask, max: 2 } }", stage)
        #expect(stricter.sha256 != first.sha256)
        // The answers were given under the other policy, so they fit no more; old questions are closed.
        let asked = try await stage.resume(parked.run, operatorPolicy: stricter)
        #expect(asked.outcome == .parked && asked.waiting.count == 3)
        #expect(try stage.journal.pendingApprovals(run: parked.run).count == 3)
        let resumed = try stage.entries(parked.run, .runResumed)
        #expect(resumed.count == 2 && resumed[0].body["sentence"] == nil)
        #expect(resumed[1].body["sentence"]?.stringValue?.contains("another one than before") == true)
        #expect(resumed[1].body["operator"] == stricter.json)
        try stage.approveAll(parked.run)
        let denied = try await stage.resume(parked.run, operatorPolicy: stricter)
        #expect(denied.outcome == .denied && denied.reason?.contains("operator.issue.create.max") == true)
        #expect(try stage.tracker.list().count == 2)
        let gone = try await stage.resume(parked.run)
        #expect(gone.outcome == .parked)
        #expect(
            try stage.entries(parked.run, .runResumed).last?.body["sentence"]?.stringValue?.contains("is gone") == true)
        // Each stretch is played by the policy that decided then, whatever lies there now.
        for now in [nil, first, stricter] {
            let replay = try await stage.replay(parked.run, operatorPolicy: now)
            #expect(
                replay.isIdentical && replay.stretchCount == 5 && replay.hasEnd,
                "\(replay.difference?.sentence ?? "\(replay)")")
        }
    }

    @Test func `a text with something to redact, or a long one, is not recorded, and the file of then is needed`()
        async throws
    {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let plain = "approvals: { expire: 8h }\n"
        for text in [
            "# Paid with 4111 1111 1111 1111\n" + plain,
            "# " + String(repeating: "long ", count: 20_000) + "\n" + plain,
        ] {
            let policy = try load(text, stage)
            let run = try await stage.play(operatorPolicy: policy).run
            let recorded = try stage.journal.run(run).parameters["operator"]
            #expect(recorded?["sha256"]?.stringValue == policy.sha256 && recorded?["text"] == nil)
            let error = await #expect(throws: DecisionReplayError.self) { try await stage.replay(run) }
            #expect(error?.description.contains("does not stand in its record") == true)
        }
        // The control arm: without either it is recorded, and the file of then may be gone.
        let run = try await stage.play(operatorPolicy: load(plain, stage)).run
        #expect(try stage.journal.run(run).parameters["operator"]?["text"]?.stringValue == plain)
        #expect(try await stage.replay(run).isIdentical)
    }
}
