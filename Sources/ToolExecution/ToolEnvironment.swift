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
    /// The SQLite file of the rows that outlive a run, an absolute path.
    public let recordsPath: String
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
    /// Keeps what files were before a tool changes them.
    public let changes: any ChangeKeeper
    /// Called with done and total while a tool works through many items.
    public let progress: @Sendable (Int, Int) -> Void
    /// Told the name of every place at which it matters whether the process still lives; tests of crashes end it there.
    let faultPoint: @Sendable (String) -> Void
    let indexes = SearchIndexCache()

    /// What a run lends to its tools.
    public init(
        run: String, started: Date = .distantPast, outputDirectory: String, tables: RunTables,
        recordsPath: String, tracker: any IssueTracker, transfer: HTTPTransfer = HTTPTransfer(),
        sandbox: SandboxExecutor, draftedBy: String, changes: any ChangeKeeper = KeepingNothing(),
        progress: @escaping @Sendable (Int, Int) -> Void, faultPoint: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.run = run
        self.started = started
        self.outputDirectory = outputDirectory
        self.tables = tables
        self.recordsPath = recordsPath
        self.tracker = tracker
        self.transfer = transfer
        self.sandbox = sandbox
        self.draftedBy = draftedBy
        self.changes = changes
        self.progress = progress
        self.faultPoint = faultPoint
    }
}
