import Databases
import Foundation
import IssueTracking
import JSONSchemas
import ModelRuntime
import Orchestration
import PolicyEngine
import Provenance
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

    /// `text`: the workflow.
    /// `files`: what lies beside it.
    /// `manifests`: by tool, a text of its manifest and what stands there instead.
    /// `now`: the journal's clock.
    init(
        _ text: String, files: [String: String] = [:], manifests: [String: (old: String, new: String)] = [:],
        now: @escaping @Sendable () -> Int64 = JournalOptions.wallClock
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
                directory: root.path(percentEncoded: false) + "Sandbox/profiles"))
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
            report: { _ in })
    }

    /// Plays a run to its verdict.
    func play(
        _ script: [(step: String, value: JSONValue)] = [], inputs: [String: String] = [:],
        inbox: any ApprovalInbox = Nobody(), isDryRun: Bool = false, operatorPolicy: OperatorPolicy? = nil
    ) async throws -> RunVerdict {
        try await Run.start(
            configuration(inputs, isDryRun: isDryRun, operatorPolicy: operatorPolicy),
            services: services(script, inbox: inbox),
            currentDirectory: folder.path
        ).execute()
    }

    /// Goes on with a run.
    func resume(
        _ id: RunID, _ script: [(step: String, value: JSONValue)] = [], inbox: any ApprovalInbox = Nobody(),
        operatorPolicy: OperatorPolicy? = nil
    ) async throws -> RunVerdict {
        try await Run.resume(
            journal.run(id), configuration: configuration(operatorPolicy: operatorPolicy),
            services: services(script, inbox: inbox)
        ).execute()
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
