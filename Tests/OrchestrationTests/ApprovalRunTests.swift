import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import Provenance
import RunJournal
import TestSupport
import Testing
import WorkflowFormat

/// What becomes of answers in a run: how long they count, what they are good for, and what is asked again.
@Suite struct ApprovalRunTests {
    private func answer(
        _ stage: Stage, _ run: RunID, at step: String, _ decision: Approval.Answer = .approved,
        edited: JSONObject? = nil,
        endorsed: [String] = []
    ) throws {
        let entries = try stage.journal.entries(of: run, at: step)
        let question = try #require(entries.last { $0.kind == .approvalRequested })
        let approval = Approval(
            digest: try #require(question.body["digest"]?.stringValue), decision: decision, person: "tester",
            editedArguments: edited, endorsedArguments: endorsed, at: "2026-01-01")
        try stage.journal.append(.approvalRecorded, run: run, step: step, body: approval.toJSON())
    }

    @Test func `an answer that is too old is put aside and the question asked again`() async throws {
        let clock = ManualClock()
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows, now: clock.now)
        let parked = try await stage.play()
        clock.advance(hours: 100)
        try stage.approveAll(parked.run)
        clock.advance(hours: 25)
        let again = try await stage.resume(parked.run)
        #expect(again.outcome == .parked && again.waiting.count == 3)
        #expect(try stage.tracker.list().isEmpty)
        #expect(try stage.journal.pendingApprovals(run: parked.run).count == 3)
        let view = try #require(try stage.journal.callView(of: parked.run, at: "each[0]/create"))
        #expect(view.answer == nil && view.remarks.count == 1 && view.remarks[0].contains("more than 24 h ago"))
        #expect(try await stage.resume(parked.run).outcome == .parked)
        // The control: the same answers in time.
        try stage.approveAll(parked.run)
        clock.advance(hours: 23)
        #expect(try await stage.resume(parked.run).outcome == .done)
        #expect(try stage.tracker.list().count == 3)
        #expect(try stage.journal.verifyChain().isIntact)
    }

    @Test func `a policy may shorten the time, and a no does not grow old`() async throws {
        let clock = ManualClock()
        let text = GateTests.filing(GateTests.ask).replacing(
            "policy:\n", with: "policy:\n  approvals: { expire: 1h }\n")
        let stage = try Stage(text, files: GateTests.rows, now: clock.now)
        let parked = try await stage.play()
        try answer(stage, parked.run, at: "each[0]/create", .rejected)
        try answer(stage, parked.run, at: "each[1]/create")
        clock.advance(hours: 2)
        let again = try await stage.resume(parked.run)
        #expect(again.waiting == ["each[1]/create", "each[2]/create"])
    }

    @Test func `a gate's answer grows old as well`() async throws {
        let clock = ManualClock()
        let stage = try Stage(GateTests.gate, now: clock.now)
        let parked = try await stage.play()
        try stage.approveAll(parked.run)
        clock.advance(hours: 25)
        #expect(try await stage.resume(parked.run).outcome == .parked)
        #expect(!stage.folder.contains("out/yes.txt"))
        try stage.approveAll(parked.run)
        #expect(try await stage.resume(parked.run).outcome == .done)
        #expect(stage.folder.contains("out/yes.txt"))
    }

    @Test func `an edited call is made as it was edited, and recorded so`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let parked = try await stage.play()
        try stage.approveAll(parked.run)
        try answer(
            stage, parked.run, at: "each[1]/create", edited: ["project": "demo", "title": "better", "body": "text"])
        #expect(try await stage.resume(parked.run).outcome == .done)
        #expect(try stage.tracker.list().map(\.title).sorted() == ["better", "one", "three"])
        let view = try #require(try stage.journal.callView(of: parked.run, at: "each[1]/create"))
        #expect(view.answer?.approval.editedArguments?["title"] == "better")
        #expect(view.arguments.first { $0.name == "title" }?.value == "two")
        let started = try stage.entries(parked.run, .executionStarted).filter { $0.step == "each[1]/create" }
        #expect(started.last?.body["arguments"]?["title"] == "better")
    }

    @Test func `an edit to what the policy denies is refused with the rule, and can be answered anew`() async throws {
        let rule =
            "{ decision: ask, max: 3, args: { project: { one_of: [demo] }, title: { allow: untrusted }, body: { allow: untrusted } } }"
        let stage = try Stage(GateTests.filing(rule), files: GateTests.rows)
        let parked = try await stage.play()
        try stage.approveAll(parked.run)
        let evil: JSONObject = ["project": "evil", "title": "two", "body": "text"]
        try answer(stage, parked.run, at: "each[1]/create", edited: evil)
        let denied = try await stage.resume(parked.run)
        #expect(denied.outcome == .denied)
        #expect(denied.reason?.hasPrefix("Denied by `issue.create.project.one_of`") == true)
        #expect(try stage.tracker.list().map(\.title) == ["one", "three"])
        let view = try #require(try stage.journal.callView(of: parked.run, at: "each[1]/create"))
        #expect(view.decision == .deny && view.rule == "issue.create.project.one_of")
        #expect(view.answer?.approval.editedArguments == evil)
        // The refused answer is none; the question waits again.
        let again = try await stage.resume(parked.run)
        #expect(again.outcome == .parked && again.waiting == ["each[1]/create"])
        try answer(stage, parked.run, at: "each[1]/create")
        #expect(try await stage.resume(parked.run).outcome == .done)
        #expect(try stage.tracker.list().count == 3)
    }

    @Test func `one answer files one issue, whatever is written after it`() async throws {
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let parked = try await stage.play()
        try stage.approveAll(parked.run)
        #expect(try await stage.resume(parked.run).outcome == .done)
        // As if the run had been killed right after its first effect, and somebody then edited the answer.
        let other = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows)
        let second = try await other.play()
        try other.approveAll(second.run)
        let request = try #require(
            try other.journal.entries(of: second.run, at: "each[0]/create").last { $0.kind == .approvalRequested })
        let digest = try #require(request.body["digest"]?.stringValue)
        let call = try #require(ApprovalRequest(fromJSON: request.body)).call.value
        try other.journal.append(
            .executionStarted, run: second.run, step: "each[0]/create",
            body: [
                "tool": "issue.create", "effect": "x", "attempt": 1, "approval": .string(digest),
                "call": .string(call.digest),
            ])
        try answer(
            other, second.run, at: "each[0]/create", edited: ["project": "demo", "title": "again", "body": "text"])
        let verdict = try await other.resume(second.run, isGenuine: false)
        #expect(verdict.outcome == .denied && verdict.reason?.contains("used for another call already") == true)
        #expect(try !other.tracker.list().map(\.title).contains("again"))
    }

    static let repeated = [
        "rows.jsonl": #"{"title": "same"}"# + "\n" + #"{"title": "same"}"# + "\n" + #"{"title": "other"}"#
    ]

    /// Asks because of the title's label alone.
    static let labelled = "{ decision: allow, max: 3, args: { body: { allow: untrusted } } }"

    @Test func `an endorsed value is not asked about again in this run`() async throws {
        let stage = try Stage(GateTests.filing(Self.labelled), files: Self.repeated)
        let parked = try await stage.play()
        #expect(parked.waiting.count == 3)
        try answer(stage, parked.run, at: "each[0]/create", endorsed: ["title"])
        let again = try await stage.resume(parked.run)
        #expect(again.outcome == .parked && again.waiting == ["each[2]/create"], "\(again)")
        #expect(try stage.tracker.list().map(\.title) == ["same", "same"])
        #expect(try stage.journal.pendingApprovals(run: parked.run).map(\.step) == ["each[2]/create"])
        let decided = try stage.journal.callView(of: parked.run, at: "each[1]/create")
        #expect(decided?.decision == .allow && decided?.sentence.contains("`tester` endorsed this value") == true)
        // Another run of the same workflow asks about everything.
        #expect(try await stage.play().waiting.count == 3)
        #expect(try stage.journal.verifyChain().isIntact)
    }

    @Test func `an endorsement that was taken back, or is too old, counts no more`() async throws {
        for isOld in [false, true] {
            let clock = ManualClock()
            let stage = try Stage(GateTests.filing(Self.labelled), files: Self.repeated, now: clock.now)
            let parked = try await stage.play()
            try answer(stage, parked.run, at: "each[2]/create", endorsed: ["title"])
            try answer(stage, parked.run, at: "each[0]/create", endorsed: ["title"])
            if isOld {
                clock.advance(hours: 25)
            } else {
                try answer(stage, parked.run, at: "each[0]/create", .rejected)
            }
            let again = try await stage.resume(parked.run)
            #expect(again.waiting.contains("each[1]/create"), "\(isOld) \(again)")
            #expect(try !stage.tracker.list().map(\.title).contains("same"))
        }
    }
}
