public import IssueTracking
public import ModelRuntime
public import Planning
public import PolicyEngine
public import Redaction
public import RunJournal
public import SandboxExecution

/// What a run works with.
public struct RunServices: Sendable {
    /// The record.
    public let journal: Journal
    /// The model; `nil` for a workflow that asks none.
    public let model: (any Model)?
    /// The smaller model that readings with `first` ask before; `nil` for runs that ask one model.
    public let first: (any Model)?
    /// Why ``first`` is nil where the workflow names a smaller model; a run that was given neither doesn't begin.
    public let withoutFirst: String?
    /// The answers of earlier runs; `nil` to ask the model everything.
    public let memory: (any AnswerMemory)?
    /// Where questions go; answers `nil` when nobody is there.
    public let inbox: any ApprovalInbox
    /// The issue tracker.
    public let tracker: any IssueTracker
    /// Runs commands.
    public let sandbox: SandboxExecutor
    /// Folder for a run's own tables.
    public let stateDirectory: String
    /// Replaces secrets and personal data in everything that comes in, before it is recorded or a model sees it.
    public let redactor: Redactor
    /// Told what happens, in order.
    public internal(set) var report: @Sendable (RunEvent) -> Void

    /// What a run works with.
    public init(
        journal: Journal, model: (any Model)?, first: (any Model)? = nil, withoutFirst: String? = nil,
        memory: (any AnswerMemory)? = nil, inbox: any ApprovalInbox,
        tracker: any IssueTracker, sandbox: SandboxExecutor, stateDirectory: String,
        redactor: Redactor = .unjoinable(),
        report: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.journal = journal
        self.model = model
        self.first = first
        self.withoutFirst = withoutFirst
        self.memory = memory
        self.inbox = inbox
        self.tracker = tracker
        self.sandbox = sandbox
        self.stateDirectory = stateDirectory
        self.redactor = redactor
        self.report = report
    }
}
