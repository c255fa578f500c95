import Databases
import Foundation
import IssueTracking
import JSONSchemas
import ModelRuntime
import Orchestration
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import SandboxExecution
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// A folder with a workflow, a journal and a tracker, in which runs are played with a scripted model.
final class Stage: Sendable {
    let folder: TemporaryFolder
    let journal: Journal
    let tracker: LocalTracker
    let workflow: Workflow
    let registry: ToolRegistry
    /// One key for all lives of a run, and for its replay.
    let redactor = Redactor.unjoinable()

    /// `text`: the workflow.
    /// `files`: what lies beside it.
    /// `manifests`: by tool, a text of its manifest and what stands there instead.
    /// `tools`: what is used in place of built-in tools of the same names.
    /// `now`: the journal's clock.
    init(
        _ text: String, files: [String: String] = [:], manifests: [String: (old: String, new: String)] = [:],
        tools own: [any Tool] = [], now: @escaping @Sendable () -> Int64 = JournalOptions.wallClock
    ) throws {
        folder = try TemporaryFolder()
        for (name, content) in files { try folder.write(content, to: "workflow/" + name) }
        try folder.write(text, to: "workflow/workflow.yaml")
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let tools = root.path(percentEncoded: false) + "Tools"
        var definitions = try ToolDefinition.loadAll(directory: tools)
        for (name, change) in manifests {
            let manifest = try String(contentsOfFile: "\(tools)/\(name).yaml", encoding: .utf8)
            try #require(manifest.contains(change.old))
            try folder.write(manifest.replacing(change.old, with: change.new), to: "manifests/\(name).yaml")
            definitions.removeAll { $0.name == name }
            definitions.append(try ToolDefinition.load(path: folder.path("manifests/\(name).yaml")))
        }
        registry = try ToolRegistry(
            definitions: definitions,
            profiles: SandboxProfileDefinition.loadAll(
                directory: root.path(percentEncoded: false) + "Sandbox/profiles"),
            tools: own + ToolRegistry.builtIn.filter { tool in !own.contains { $0.name == tool.name } })
        workflow = try Workflow.load(path: folder.path("workflow"), tools: registry.definitions)
        journal = try Journal(path: folder.path("state/journal.db"), options: JournalOptions(now: now))
        tracker = try LocalTracker(path: folder.path("tracker.sqlite"))
    }

    func configuration(
        _ inputs: [String: String] = [:], output: String = "out", isDryRun: Bool = false,
        operatorPolicy: OperatorPolicy? = nil
    ) -> RunConfiguration {
        RunConfiguration(
            workflow: workflow, inputs: inputs, outputDirectory: folder.path(output), modelName: "scripted",
            isDryRun: isDryRun, registry: registry, operatorPolicy: operatorPolicy)
    }

    func services(
        _ script: [(step: String, value: JSONValue)], inbox: any ApprovalInbox = Nobody(), journal: Journal? = nil,
        tracker: (any IssueTracker)? = nil
    ) -> RunServices {
        RunServices(
            journal: journal ?? self.journal, model: script.isEmpty ? nil : ScriptedModel(script), inbox: inbox,
            tracker: tracker ?? self.tracker, sandbox: SandboxExecutor(), stateDirectory: folder.path("state"),
            redactor: redactor, report: { _ in })
    }

    /// Plays a run to its verdict; whatever the run was, its record has to replay.
    func play(
        _ script: [(step: String, value: JSONValue)] = [], inputs: [String: String] = [:],
        inbox: any ApprovalInbox = Nobody(), isDryRun: Bool = false, operatorPolicy: OperatorPolicy? = nil
    ) async throws -> RunVerdict {
        let verdict = try await Run.start(
            configuration(inputs, isDryRun: isDryRun, operatorPolicy: operatorPolicy),
            services: services(script, inbox: inbox),
            currentDirectory: folder.path
        ).execute()
        try await expectReplay(of: verdict.run, operatorPolicy: operatorPolicy)
        return verdict
    }

    /// Plays a run with another model than a scripted one; its record has to replay without it.
    func play(
        on model: any Model, inbox: any ApprovalInbox = Somebody(), memory: RememberedAnswers? = nil,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> RunVerdict {
        let verdict = try await Run.start(
            configuration(), services: services(on: model, inbox: inbox, memory: memory, report: report),
            currentDirectory: folder.path
        ).execute()
        try await expectReplay(of: verdict.run, operatorPolicy: nil)
        return verdict
    }

    /// Goes on with a run with such a model.
    func resume(_ id: RunID, on model: any Model) async throws -> RunVerdict {
        let verdict = try await Run.resume(
            journal.run(id), configuration: configuration(), services: services(on: model)
        ).execute()
        try await expectReplay(of: id, operatorPolicy: nil)
        return verdict
    }

    func services(
        on model: any Model, inbox: any ApprovalInbox = Somebody(), memory: RememberedAnswers? = nil,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) -> RunServices {
        RunServices(
            journal: journal, model: model, memory: memory, inbox: inbox, tracker: tracker, sandbox: SandboxExecutor(),
            stateDirectory: folder.path("state"), redactor: redactor, report: report)
    }

    /// Goes on with a run; its whole record has to replay.
    ///
    /// `isGenuine`: false where the test wrote into the record what no run writes.
    func resume(
        _ id: RunID, _ script: [(step: String, value: JSONValue)] = [], inbox: any ApprovalInbox = Nobody(),
        operatorPolicy: OperatorPolicy? = nil, isGenuine: Bool = true
    ) async throws -> RunVerdict {
        let verdict = try await Run.resume(
            journal.run(id), configuration: configuration(operatorPolicy: operatorPolicy),
            services: services(script, inbox: inbox)
        ).execute()
        if isGenuine { try await expectReplay(of: id, operatorPolicy: operatorPolicy) }
        return verdict
    }

    /// Replays a run of this stage, or of another journal.
    func replay(
        _ id: RunID, in other: Journal? = nil, operatorPolicy: OperatorPolicy? = nil
    ) async throws -> RunReplay {
        let journal = other ?? journal
        return try await replay(id, as: journal.entries(of: id), in: journal, operatorPolicy: operatorPolicy)
    }

    /// Replays these entries of a run.
    func replay(
        _ id: RunID, as entries: [JournalEntry], in other: Journal? = nil, operatorPolicy: OperatorPolicy? = nil,
        redactor: Redactor? = nil
    ) async throws -> RunReplay {
        try await RunReplay(
            (other ?? journal).run(id), entries: entries, workflow: workflow, registry: registry,
            operatorPolicy: operatorPolicy, redactor: redactor ?? self.redactor)
    }

    private func expectReplay(of id: RunID, operatorPolicy: OperatorPolicy?) async throws {
        let replay = try await replay(id, operatorPolicy: operatorPolicy)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "\(replay)")")
        #expect(replay.comparedCount > 0)
    }

    /// Records a yes to every open question, as `warrant approve RUN all` does.
    func approveAll(_ id: RunID, decision: Approval.Answer = .approved, reason: String? = nil) throws {
        for question in try journal.pendingApprovals(run: id) {
            let approval = Approval(
                digest: question.digest, decision: decision, person: "tester", reason: reason, at: "2026-01-01")
            try journal.append(.approvalRecorded, run: id, step: question.step, body: approval.toJSON())
        }
    }

    /// The JSON file `name` of the run's output folder.
    func output(_ name: String = "result.json") throws -> JSONValue {
        try JSONValue(parsing: folder.text(of: "out/" + name))
    }

    func entries(_ id: RunID, _ kind: JournalEntryKind) throws -> [JournalEntry] {
        try journal.entries(of: id, kinds: [kind])
    }
}

/// Nobody is there.
struct Nobody: ApprovalInbox {
    func answer(to request: ApprovalRequest) async throws -> Approval? { nil }
}

/// Somebody who says the same to everything.
struct Somebody: ApprovalInbox {
    var decision = Approval.Answer.approved
    var reason: String?

    func answer(to request: ApprovalRequest) async throws -> Approval? {
        Approval(digest: request.digest, decision: decision, person: "tester", reason: reason, at: "2026-01-01")
    }
}
