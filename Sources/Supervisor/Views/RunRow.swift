public import JSONSchemas
public import RunJournal

/// A run in a list.
public struct RunRow: Hashable, Sendable {
    /// The run.
    public let id: RunID
    /// The workflow's name. Whoever wrote the journal chose it: it is raw.
    public let workflow: String
    /// Where the run stands.
    public let state: RunState
    /// The process that works on it now; nil where none does, so that a run in state `running` was left behind.
    public let holder: Int32?
    /// When it started, as RFC 3339.
    public let started: String
    /// When its last entry was written, as RFC 3339.
    public let updated: String
    /// Whole seconds since it started.
    public let ageSeconds: Int
    /// Questions that wait for a person.
    public let waitingCount: Int
    /// Its entries.
    public let entryCount: Int
    /// The exit code of its last end or stop.
    public let exitCode: Int?
    /// The folder its files go to.
    public let directory: String
    /// The model it was started with; empty where none was.
    public let model: String
    /// Whether it only shows what it would do.
    public let isDryRun: Bool
    /// Whether it is under a legal hold.
    public let isHeld: Bool
    /// What it took; nil where that was not counted yet.
    public let cost: FiguresView?

    /// Whether it stopped for a person and no question of it waits any more: it stands still until it is resumed.
    public var isAnswered: Bool { state == .parked && holder == nil && waitingCount == 0 }

    /// A run by its summary.
    public init(_ summary: RunSummary, holder: Int32?, now nanoseconds: Int64, cost: FiguresView?) {
        id = summary.id
        workflow = summary.workflow
        state = summary.state
        self.holder = holder
        started = JournalEntry.timestamp(nanoseconds: summary.startedNanoseconds)
        updated = JournalEntry.timestamp(nanoseconds: summary.updatedNanoseconds)
        ageSeconds = Int(max(0, nanoseconds - summary.startedNanoseconds) / 1_000_000_000)
        waitingCount = summary.waitingCount
        entryCount = summary.entryCount
        exitCode = summary.exitCode
        directory = summary.directory
        model = summary.parameters["weights"]?["name"]?.stringValue ?? ""
        isDryRun = summary.parameters["dry_run"]?.boolValue ?? false
        isHeld = summary.isHeld
        self.cost = cost
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "run": .string(id.description), "workflow": .string(workflow), "state": .string(state.rawValue),
            "holder": holder.map { .integer(Int($0)) } ?? .null, "started": .string(started),
            "updated": .string(updated), "age_s": .integer(ageSeconds), "waiting": .integer(waitingCount),
            "entries": .integer(entryCount), "exit": exitCode.map { .integer($0) } ?? .null,
            "output": .string(directory), "model": .string(model), "dry_run": .bool(isDryRun),
            "held": .bool(isHeld), "cost": cost?.toJSON() ?? .null,
        ]
    }
}
