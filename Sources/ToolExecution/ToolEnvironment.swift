public import Databases
public import Foundation
public import HTTPTransfer
public import IssueTracking
public import SandboxExecution

/// What a run lends to its tools. Everything a tool may reach is in here or in the call's arguments.
public struct ToolEnvironment: Sendable {
    /// The run's identifier.
    public let run: String
    /// Where `file.write` may write, an absolute path.
    public let outputDirectory: String
    /// The run's own tables.
    public let tables: RunTables
    /// When the run began; its effects are younger.
    public let started: Date
    /// The issue tracker.
    public let tracker: any IssueTracker
    /// Sends requests for `http.get`.
    public let transfer: HTTPTransfer
    /// Runs commands.
    public let sandbox: SandboxExecutor
    /// The model that drafts, for the footer of what is filed.
    public let draftedBy: String
    /// Called with done and total while a tool works through many items.
    public let progress: @Sendable (Int, Int) -> Void
    let indexes = SearchIndexCache()

    /// What a run lends to its tools.
    public init(
        run: String, started: Date = .distantPast, outputDirectory: String, tables: RunTables,
        tracker: any IssueTracker, transfer: HTTPTransfer = HTTPTransfer(), sandbox: SandboxExecutor, draftedBy: String,
        progress: @escaping @Sendable (Int, Int) -> Void
    ) {
        self.run = run
        self.started = started
        self.outputDirectory = outputDirectory
        self.tables = tables
        self.tracker = tracker
        self.transfer = transfer
        self.sandbox = sandbox
        self.draftedBy = draftedBy
        self.progress = progress
    }
}
