import Dispatch
import Foundation
import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import Supervisor
import Synchronization
import TestSupport
import WorkflowFormat

/// A journal of a test's own and a server that shows it, on a free port.
final class ServedJournal: Sendable {
    let journal: Journal
    let server: SupervisorServer
    let port: Int
    fileprivate let folder: TemporaryFolder
    private let task: Task<Void, any Error>

    /// Starts a server; `gate` has to be passed to verify the journal.
    init(
        gate: VerificationGate? = nil, _ change: (inout SupervisorConfiguration) -> Void = { _ in }
    ) async throws {
        folder = try TemporaryFolder()
        journal = try Journal(path: folder.path("journal.db"), options: Self.options)
        var configuration = SupervisorConfiguration(port: 0, person: "ada")
        change(&configuration)
        let server = SupervisorServer(
            journal: journal, desk: PlainDesk(path: folder.path("journal.db"), gate: gate),
            configuration: configuration)
        self.server = server
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        task = Task {
            do {
                try await server.run { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
                throw error
            }
        }
        var found: Int?
        for try await port in ports {
            found = port
            break
        }
        guard let found else { throw Ended() }
        port = found
    }

    static let options = JournalOptions(preparedLogByteCount: 0, report: { _ in })

    struct Ended: Error {}

    deinit { task.cancel() }

    /// Ends the server and waits until it has ended.
    func end() async throws {
        task.cancel()
        try await task.value
    }

    /// A browser that was let in.
    func client() async throws -> SupervisorClient {
        let link = server.makeLink()
        return try await apart { try SupervisorClient(link: link) }
    }

    /// Records a run that waits with these calls, and returns their questions.
    func ask(
        _ calls: [ToolCall], workflow: String = "triage", after earlier: [JournalEntryDraft] = []
    ) throws -> [PendingApproval] {
        let run = RunID.generate()
        try journal.start(
            RunSeed(id: run, workflow: workflow, directory: folder.path("out"), parameters: ["inputs": [:]]))
        try journal.append(earlier, run: run)
        let label = Label(integrity: .untrusted, sources: [])
        for (index, call) in calls.enumerated() {
            let address = "each[\(index)]/act"
            let request = ApprovalRequest(
                gate: Labelled(call, label: label), run: run.description, address: address, policyVersion: "1")
            try journal.append(
                [
                    JournalEntryDraft(
                        .callProposed, step: address,
                        body: .object(
                            JSONObject(
                                (call.toJSON().objectValue ?? JSONObject()).map { ($0.key, $0.value) }
                                    + [("label", label.toJSON())]))),
                    JournalEntryDraft(.approvalRequested, step: address, body: request.toJSON()),
                ], run: run)
        }
        try journal.append(.runParked, run: run, body: ["outcome": "parked", "exit": 2])
        return try journal.pendingApprovals(run: run)
    }

    /// The answers that the journal holds.
    func answers() throws -> [Approval] {
        try journal.entries(after: 0, kinds: [.approvalRecorded]).compactMap { Approval(fromJSON: $0.body) }
    }

    /// A call of a tool.
    static func call(_ title: String) -> ToolCall {
        ToolCall(tool: "issue.create", arguments: ["title": .string(title)])
    }
}

/// Runs what blocks on a thread of its own: the server in the same process needs those that tests run on.
func apart<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}

/// Records answers as they come, bound to their questions, and knows no tools.
struct PlainDesk: SupervisorDesk {
    let path: String
    /// What has to be passed to verify the journal.
    var gate: VerificationGate?

    func record(_ answers: [QuestionAnswer], by person: String) throws -> [AnswerReceipt] {
        let journal = try Journal(path: path, options: ServedJournal.options)
        var found: [PendingApproval] = []
        for answer in answers {
            guard let question = try journal.pendingApprovals().first(where: { $0.sequence == answer.question }) else {
                throw try QuestionAbsence.notice(of: answer.question, in: journal)
            }
            guard question.digest == answer.digest else { throw QuestionAbsence.changed(answer.question) }
            found.append(question)
        }
        return try zip(answers, found).map { answer, question in
            let decision: Approval.Answer = answer.decision == .deny ? .rejected : .approved
            let approval = Approval(
                digest: answer.digest, decision: decision, person: person,
                reason: answer.reason.isEmpty ? nil : answer.reason, editedArguments: answer.edited,
                at: "2026-11-26T00:00:00Z")
            try journal.append(
                .approvalRecorded, run: question.run, step: question.step, body: approval.toJSON())
            return AnswerReceipt(
                question: answer.question, run: question.run, step: question.step, decision: decision.rawValue,
                person: person, remarks: [])
        }
    }

    func workflows() throws -> [WorkflowView] {
        [
            WorkflowView(
                name: "triage", description: "d", path: "/w", inputs: [], steps: [], flows: [], problems: [])
        ]
    }

    func evaluations() throws -> EvaluationsView { EvaluationsView(evaluations: [], remarks: ["none"]) }

    func verify() throws -> JournalView {
        gate?.pass()
        let journal = try Journal(path: path, options: ServedJournal.options)
        return JournalView(try journal.verifyChain(), path: path, isReadOnly: false, verifiedAt: "2026")
    }
}

/// Holds up who verifies, until it is opened, and counts them.
final class VerificationGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let passing = Mutex(0)

    /// How many have come.
    var count: Int { passing.withLock { $0 } }

    func pass() {
        passing.withLock { $0 += 1 }
        semaphore.wait()
        semaphore.signal()
    }

    /// Lets through whoever waits and whoever comes.
    func open() { semaphore.signal() }
}

extension ServedJournal {
    /// What the record has of a call that a run made.
    static func made(
        _ call: ToolCall, at step: String, as effect: Effect, value: JSONValue
    ) -> [JournalEntryDraft] {
        let identifier: JSONValue = .string("\(step) \(RunID.generate())")
        return [
            JournalEntryDraft(.callProposed, step: step, body: call.toJSON()),
            JournalEntryDraft(
                .executionStarted, step: step,
                body: ["tool": .string(call.tool), "class": .string(effect.rawValue), "effect": identifier]),
            JournalEntryDraft(
                .observationRecorded, step: step,
                body: ["observation": ["outcome": "succeeded", "value": value], "effect": identifier]),
        ]
    }

    /// Removes every large body's file, as a careless hand would.
    func removeBlobs() throws {
        let blobs = folder.path("blobs")
        for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
            try FileManager.default.removeItem(atPath: blobs + "/" + name)
        }
    }

    /// Writes an entry of another kind behind the last one, as a newer version might.
    func append(kind: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            d = sqlite3.connect(sys.argv[1])
            d.execute(
                "INSERT INTO entry SELECT sequence + 1, run, step, ?, subject, epoch, wall_ns, body, blob_hash, previous_hash,"
                " hash FROM entry ORDER BY sequence DESC LIMIT 1", [sys.argv[2]])
            d.commit()
            """,
            journal.path, kind,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Ended() }
    }

    /// Moves the database away while it is served.
    func moveJournal() throws {
        try FileManager.default.moveItem(atPath: journal.path, toPath: journal.path + ".away")
    }

    /// Puts another file in the database's place.
    func putAnotherJournal() throws {
        try Data("not it".utf8).write(to: URL(filePath: journal.path))
    }
}
