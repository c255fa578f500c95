import Foundation
import JSONSchemas
import Orchestration
import PolicyEngine
import Provenance
import RunJournal
import Synchronization
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// Calls that were begun and whose end nobody recorded, where the next life doesn't simply look the same call up: the
/// call is another one by then, the policy denies it, the look-up fails, a person has answered before. The tools here do
/// what they are told as often as they are told: that nothing happens twice is the run's doing alone.
@Suite struct DoubtTests {
    /// What was sent where the tools of a test send, and what goes wrong there.
    private final class Desk: Sendable {
        private struct State {
            var received: [String] = []
            var count = 0
            var deaths: [Int: Bool] = [:]
            var failure: ToolError?
            var refusal: (any Error)?
        }

        private let state = Mutex(State())

        /// The effects that arrived, in order; one that was sent twice is there twice.
        var received: [String] { state.withLock { $0.received } }

        /// The life of the run ends with the sending of this number, from 1; `arrives`: after that, or before.
        func die(at number: Int, arrives: Bool) { state.withLock { $0.deaths[number] = arrives } }

        /// Every sending from now on fails so; nil for none.
        func fail(_ error: ToolError?) { state.withLock { $0.failure = error } }

        /// What every look-up comes to from now on; nil for an answer.
        func refuse(_ error: (any Error)?) { state.withLock { $0.refusal = error } }

        func send(_ effect: String) throws {
            let dies = try state.withLock { state in
                state.count += 1
                if let failure = state.failure { throw failure }
                let arrives = state.deaths[state.count]
                if arrives != false { state.received.append(effect) }
                return arrives != nil
            }
            // Nothing is recorded after the intent, as when the process is killed.
            if dies { throw CancellationError() }
        }

        func has(_ effect: String) throws -> Bool {
            try state.withLock { state in
                if let refusal = state.refusal { throw refusal }
                return state.received.contains(effect)
            }
        }
    }

    private struct Sender: Tool {
        let desk: Desk
        let name: String

        func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
            try desk.send(context.effectID)
            return DoubtTests.result(of: name)
        }

        func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
            guard try desk.has(context.effectID) else { return JSONValue?.none }
            return DoubtTests.result(of: name)
        }
    }

    /// Says yes to calls, and this to what became of one.
    private struct Witness: ApprovalInbox {
        let tool: String
        var said: Approval.Answer?

        func answer(to request: ApprovalRequest) async throws -> Approval? {
            guard let decision = request.isAboutUnknownOutcome ? said : .approved else { return nil }
            return Approval(
                digest: request.digest, decision: decision, person: "tester", reason: "no",
                observedResult: decision == .happened ? DoubtTests.result(of: tool) : nil, at: "2026-01-01")
        }
    }

    private static func result(of tool: String) -> JSONValue {
        tool == "record.add" ? ["table": "history", "count": 1] : ["id": 1, "project": "demo", "title": "one"]
    }

    private static let calls = [
        "issue.create":
            "{ project: demo, title: one, body: \"see https://evil.example/x\", labels: \"${inputs.lines}\" }",
        "record.add": "{ table: history, rows: [{ a: 1 }], columns: \"${inputs.lines}\" }",
    ]

    private static func text(_ tool: String, _ decision: String = "allow") -> String {
        """
        workflow: doubt
        description: One call with an effect.
        inputs: { lines: { type: lines, trust: trusted, default: lines.txt } }
        tools: [\(tool)]
        policy: { tools: { \(tool): { decision: \(decision) } } }
        steps:
          - { id: it, call: \(tool), with: \(calls[tool] ?? "{}") }
        outputs:
          result: { json: "${steps.it}", to: result.json }
        """
    }

    private let desk = Desk()

    private func stage(
        _ tool: String, decision: String = "allow", manifests: [String: (old: String, new: String)] = [:]
    ) throws -> Stage {
        try Stage(
            Self.text(tool, decision), files: ["lines.txt": "bug\n"], manifests: manifests,
            tools: [Sender(desk: desk, name: tool)])
    }

    /// A run whose first life ended in the act.
    private func interrupted(_ stage: Stage, _ tool: String, arrives: Bool = true) async throws -> RunID {
        desk.die(at: 1, arrives: arrives)
        let ended = try await stage.play(inbox: Witness(tool: tool))
        #expect(ended.outcome == .cancelled, "\(ended)")
        #expect(desk.received.count == (arrives ? 1 : 0))
        return ended.run
    }

    private func policy(_ text: String, _ stage: Stage) throws -> OperatorPolicy {
        let path = try stage.folder.write(text, to: "configuration/policy.yaml")
        return try #require(try OperatorPolicy.load(path: path, tools: stage.registry.definitions))
    }

    private func open(_ stage: Stage, _ run: RunID) throws -> ApprovalRequest? {
        let questions = try stage.journal.pendingApprovals(run: run)
        #expect(questions.count <= 1)
        return questions.first.flatMap { ApprovalRequest(fromJSON: $0.body) }
    }

    @Test(arguments: ["issue.create", "record.add"])
    func `the same call is looked up by the run itself, and made only where it is not found`(
        tool: String
    ) async throws {
        let stage = try stage(tool)
        let run = try await interrupted(stage, tool)
        #expect(try await stage.resume(run).outcome == .done)
        #expect(desk.received.count == 1)
        #expect(try stage.entries(run, .effectUnknown).isEmpty)
        // The control arm: what did not arrive is sent.
        let other = DoubtTests()
        let absent = try other.stage(tool)
        let second = try await other.interrupted(absent, tool, arrives: false)
        #expect(try await absent.resume(second).outcome == .done)
        #expect(other.desk.received.count == 1)
    }

    /// How the call becomes another one between two lives.
    private enum Change: CaseIterable {
        case input, policy
    }

    @Test(arguments: ["issue.create", "record.add"], [Approval.Answer.happened, .approved, .rejected])
    func `a call in doubt that would be another one now waits for a person`(
        tool: String, answer: Approval.Answer
    ) async throws {
        for change in Change.allCases where tool == "issue.create" || change == .input {
            let test = DoubtTests()
            let desk = test.desk
            let stage = try test.stage(tool)
            let run = try await test.interrupted(stage, tool)
            let first = try #require(desk.received.first)
            var operators: OperatorPolicy?
            switch change {
            case .input: try stage.folder.write("question\n", to: "workflow/lines.txt")
            case .policy:
                operators = try policy(
                    "tools: { issue.create: { decision: allow, args: { body: { defang: [links] } } } }", stage)
            }
            for _ in 0..<3 {
                // However often it is resumed, nothing is sent while nobody answers.
                let parked = try await stage.resume(run, operatorPolicy: operators)
                #expect(parked.outcome == .parked && parked.waiting == ["it"], "\(change) \(parked)")
                #expect(desk.received == [first], "\(change)")
            }
            #expect(try open(stage, run)?.isAboutUnknownOutcome == true)
            let known = try stage.entries(run, .effectUnknown)
            #expect(known.count == 1 && known.first?.body["effect"]?.stringValue == first, "\(change)")
            let sentence = try #require(known.first?.body["sentence"]?.stringValue)
            #expect(sentence.contains("another call"), "\(sentence)")

            let ended = try await stage.resume(
                run, inbox: Witness(tool: tool, said: answer), operatorPolicy: operators)
            #expect(ended.outcome == .done, "\(change) \(ended)")
            let observed = try stage.entries(run, .observationRecorded)
            switch answer {
            case .happened:
                #expect(desk.received == [first])
                #expect(observed.last?.body["effect"]?.stringValue == first)
                #expect(observed.last?.body["reported_by"] == "tester")
            case .approved:
                // The person says that the first did not happen, so the call of now is made, as an effect of its own.
                #expect(desk.received.count == 2 && desk.received[1] != first)
                #expect(observed.last?.body["effect"]?.stringValue == desk.received[1])
            case .rejected:
                #expect(desk.received == [first] && observed.isEmpty)
                #expect(try stage.output()["reason"]?.stringValue?.contains("it may have happened") == true)
            }
            let count = desk.received.count
            _ = try await stage.resume(run, operatorPolicy: operators)
            #expect(desk.received.count == count)
        }
    }

    @Test func `a call that is the same one again is looked up again`() async throws {
        let stage = try stage("issue.create")
        let run = try await interrupted(stage, "issue.create")
        try stage.folder.write("question\n", to: "workflow/lines.txt")
        #expect(try await stage.resume(run).outcome == .parked)
        try stage.folder.write("bug\n", to: "workflow/lines.txt")
        #expect(try await stage.resume(run).outcome == .done)
        #expect(desk.received.count == 1)
        #expect(try open(stage, run) == nil)
    }

    @Test func `an edit that makes it another call is put aside, and said to be`() async throws {
        let stage = try stage("issue.create", decision: "ask")
        let run = try await interrupted(stage, "issue.create")
        // By another policy it is another question, and the answer to that one edits.
        let operators = try policy("approvals: { expire: 8h }", stage)
        #expect(try await stage.resume(run, operatorPolicy: operators).outcome == .parked)
        let request = try #require(try open(stage, run))
        #expect(!request.isAboutUnknownOutcome)
        var edited = request.call.value.arguments
        edited["title"] = "two"
        let approval = Approval(
            digest: request.digest, decision: .approved, person: "tester", editedArguments: edited, at: "2026-01-01")
        try stage.journal.append(.approvalRecorded, run: run, step: "it", body: approval.toJSON())
        for _ in 0..<2 {
            #expect(try await stage.resume(run, operatorPolicy: operators).outcome == .parked)
            #expect(desk.received.count == 1)
        }
        #expect(try open(stage, run)?.isAboutUnknownOutcome == true)
        let known = try stage.entries(run, .effectUnknown)
        #expect(known.count == 1)
        #expect(known.first?.body["sentence"]?.stringValue?.contains("put aside") == true)
    }

    private struct Broken: Error {}

    private static let refusals: [any Error] = [
        ToolError(.refused, "Can't use it: it refuses the request."), ToolError(.notFound, "Can't find it."),
        ToolError(.io, "Can't read it: the disk is away."), ToolError(.badArgument, "Can't use it."),
        ToolError(.unavailable, "Can't reach it."), Broken(),
    ]

    @Test(arguments: ["issue.create", "record.add"], refusals.indices)
    func `a look-up that fails, however it does, is no outcome of the effect`(tool: String, index: Int) async throws {
        let stage = try stage(tool)
        let run = try await interrupted(stage, tool)
        desk.refuse(Self.refusals[index])
        for _ in 0..<3 {
            let left = try await stage.resume(run)
            #expect(left.outcome == .tryAgain && left.waiting == ["it"], "\(left)")
            #expect(try stage.entries(run, .observationRecorded).isEmpty)
            #expect(desk.received.count == 1)
        }
        #expect(try open(stage, run)?.isAboutUnknownOutcome == true)
        #expect(try stage.entries(run, .effectUnknown).allSatisfy { $0.body["lookup"] != nil })
        desk.refuse(nil)
        let done = try await stage.resume(run)
        #expect(done.outcome == .done, "\(done)")
        #expect(desk.received.count == 1)
        #expect(try open(stage, run) == nil)
        #expect(try stage.output() == Self.result(of: tool))
    }

    @Test func `a call in doubt that the policy denies now is said to be in doubt`() async throws {
        let stage = try stage("issue.create")
        let run = try await interrupted(stage, "issue.create")
        let operators = try policy("tools: { issue.create: { decision: deny } }", stage)
        for _ in 0..<2 {
            let denied = try await stage.resume(run, operatorPolicy: operators)
            #expect(denied.outcome == .denied, "\(denied)")
            #expect(denied.reason?.contains("it may have happened") == true, "\(denied)")
        }
        let known = try stage.entries(run, .effectUnknown)
        #expect(known.count == 1 && known.first?.body["effect"]?.stringValue == desk.received.first)
        // Permitted again, it is looked up.
        #expect(try await stage.resume(run).outcome == .done)
        #expect(desk.received.count == 1)
        // The control arm: what was never begun is denied without a word more.
        let other = try Stage(
            Self.text("issue.create"), files: ["lines.txt": "bug\n"],
            tools: [Sender(desk: desk, name: "issue.create")])
        let same = try policy("tools: { issue.create: { decision: deny } }", other)
        let plain = try await other.play(operatorPolicy: same)
        #expect(plain.outcome == .denied && plain.reason?.contains("may have happened") == false, "\(plain)")
        #expect(try other.entries(plain.run, .effectUnknown).isEmpty)
    }

    @Test func `a no to the call itself says that it may have happened`() async throws {
        let clock = ManualClock()
        let stage = try Stage(
            Self.text("issue.create", "ask"), files: ["lines.txt": "bug\n"],
            tools: [Sender(desk: desk, name: "issue.create")], now: clock.now)
        let run = try await interrupted(stage, "issue.create")
        clock.advance(hours: 25)
        #expect(try await stage.resume(run).outcome == .parked)
        try stage.approveAll(run, decision: .rejected, reason: "Not today.")
        #expect(try await stage.resume(run).outcome == .done)
        #expect(try stage.output()["reason"]?.stringValue?.hasPrefix("Not today. (It was begun before, at ") == true)
        #expect(try stage.entries(run, .effectUnknown).count == 1)
        #expect(desk.received.count == 1)
    }

    @Test func `a call in doubt that the run has no step for any more is told at its end`() async throws {
        let text = """
            workflow: doubt
            description: A call for every line.
            inputs: { lines: { type: lines, trust: trusted, default: lines.txt } }
            tools: [issue.create]
            policy: { tools: { issue.create: { decision: allow } } }
            steps:
              - id: each
                for_each: "${inputs.lines}"
                as: line
                steps:
                  - { id: it, call: issue.create, with: { project: demo, title: "${line}", body: b } }
            outputs:
              result: { json: "${steps.each.count}", to: result.json }
            """
        let stage = try Stage(
            text, files: ["lines.txt": "one\ntwo\n"], tools: [Sender(desk: desk, name: "issue.create")])
        desk.die(at: 2, arrives: true)
        let ended = try await stage.play()
        #expect(ended.outcome == .cancelled, "\(ended)")
        try stage.folder.write("one\n", to: "workflow/lines.txt")
        let done = try await stage.resume(ended.run)
        #expect(done.outcome == .done && desk.received.count == 2, "\(done)")
        #expect(done.reason?.contains("Step `each[1]/it` began `issue.create`") == true, "\(done)")
        let known = try stage.entries(ended.run, .effectUnknown)
        #expect(known.map(\.step) == ["each[1]/it"])
        #expect(known.first?.body["effect"]?.stringValue == desk.received[1])
        // The control arm: with its line back it is looked up.
        try stage.folder.write("one\ntwo\n", to: "workflow/lines.txt")
        let whole = try await stage.resume(ended.run)
        #expect(whole.outcome == .done && whole.reason == nil && desk.received.count == 2, "\(whole)")
    }

    /// A person's word is about the attempt that it was said of.
    @Test(arguments: [true, false])
    func `what is begun because a person said that nothing happened is looked up like anything else`(
        arrives: Bool
    ) async throws {
        let stage = try stage("issue.create")
        let run = try await interrupted(stage, "issue.create", arrives: false)
        desk.refuse(Self.refusals[0])
        #expect(try await stage.resume(run).outcome == .tryAgain)
        desk.refuse(nil)
        try stage.approveAll(run)
        desk.die(at: 2, arrives: arrives)
        #expect(try await stage.resume(run).outcome == .cancelled)
        #expect(desk.received.count == (arrives ? 1 : 0))
        #expect(try await stage.resume(run).outcome == .done)
        #expect(desk.received.count == 1)
    }

    @Test func `what may have happened is named when the run is undone`() async throws {
        func handWork(_ stage: Stage, _ run: RunID) throws -> [String] {
            try RunUndo(
                stage.journal.run(run), entries: stage.journal.entries(of: run), others: [], step: nil,
                registry: stage.registry, stateDirectory: stage.folder.path("state")
            ).handWorks.map(\.sentence)
        }
        let stage = try stage("record.add")
        desk.fail(ToolError(.io, "Can't add rows: the disk is away."))
        let failed = try await stage.play()
        #expect(failed.outcome == .ioFailure, "\(failed)")
        #expect(try handWork(stage, failed.run).first?.contains("which failed (`io`)") == true)
        // The next attempt is in doubt, whatever became of the first.
        desk.fail(nil)
        desk.die(at: 2, arrives: true)
        #expect(try await stage.resume(failed.run).outcome == .cancelled)
        try stage.journal.append(.runCancelled, run: failed.run)
        #expect(try handWork(stage, failed.run).first?.contains("nobody knows what became of it") == true)
        // The control arm: what was refused had no effect.
        let other = DoubtTests()
        other.desk.fail(ToolError(.refused, "Can't add rows: it is refused."))
        let refusing = try other.stage("record.add")
        let refused = try await refusing.play()
        #expect(refused.outcome == .failed, "\(refused)")
        #expect(try handWork(refusing, refused.run).isEmpty)
        other.desk.fail(nil)
        let last = try other.stage("record.add")
        let run = try await last.play().run
        #expect(try handWork(last, run).first?.contains("`warrant show \(run) --step it`") == true)
    }

    // MARK: What was announced and not begun

    /// Breaks the place for checkpoints once, between the commit of what it is told and the copy.
    private final class Saboteur: Sendable {
        private let isArmed = Atomic(true)
        let folder: String

        init(_ folder: String) { self.folder = folder }

        func pass(_ place: String) {
            guard place == "checkpoint.outside.before", isArmed.exchange(false, ordering: .relaxed) else { return }
            try? FileManager.default.moveItem(atPath: folder, toPath: folder + "-away")
            try? Data().write(to: URL(filePath: folder))
        }

        func mend() throws {
            try FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.moveItem(atPath: folder + "-away", toPath: folder)
        }
    }

    /// Opaque: nothing but the record can tell that it was not begun.
    @Test(arguments: ["allow", "ask"])
    func `an effect whose intent could not be kept outside is begun by the next life without a question`(
        decision: String
    ) async throws {
        let stage = try stage(
            "issue.create", decision: decision, manifests: ["issue.create": ("effect: queryable", "effect: opaque")])
        let saboteur = Saboteur(stage.folder.path("other/checkpoints"))
        let path = stage.folder.path("other/journal.db")
        let run: RunID
        do {
            let journal = try Journal(
                path: path,
                options: JournalOptions(preparedLogByteCount: 0, report: { _ in }, faultPoint: { saboteur.pass($0) }))
            let first = try Run.start(
                stage.configuration(),
                services: stage.services([], inbox: Witness(tool: "issue.create"), journal: journal),
                currentDirectory: stage.folder.path)
            run = first.id
            // The first checkpoint is that of the intent.
            let error = await #expect(throws: JournalError.self) { _ = try await first.execute() }
            #expect(error?.code == .unsigned)
            #expect(desk.received.isEmpty)
        }
        try saboteur.mend()
        let journal = try Journal(path: path, options: JournalOptions(preparedLogByteCount: 0))
        let last = try #require(try journal.entries(of: run).last)
        let intent = try #require(try journal.entries(of: run, kinds: [.executionStarted]).last)
        #expect(last.kind == .note && last.body["not_begun"] == intent.body["effect"])
        #expect(try await stage.replay(run, in: journal).difference == nil)
        let done = try await Run.resume(
            journal.run(run), configuration: stage.configuration(), services: stage.services([], journal: journal)
        ).execute()
        #expect(done.outcome == .done, "\(done)")
        #expect(desk.received.count == 1 && desk.received.first == intent.body["effect"]?.stringValue)
        #expect(try journal.entries(of: run, kinds: [.effectUnknown]).isEmpty)
        #expect(try await stage.replay(run, in: journal).difference == nil)
    }
}
