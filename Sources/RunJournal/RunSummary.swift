public import JSONSchemas

/// What a run is started from.
public struct RunSeed: Hashable, Sendable {
    /// The new run's identifier.
    public let id: RunID
    /// The workflow's name.
    public let workflow: String
    /// The folder the run's files go to.
    public let directory: String
    /// Whatever a resume needs: workflow path and hash, inputs, model.
    public let parameters: JSONValue

    /// Makes a seed.
    public init(id: RunID, workflow: String, directory: String, parameters: JSONValue) {
        self.id = id
        self.workflow = workflow
        self.directory = directory
        self.parameters = parameters
    }
}

/// One run in short, kept in the same transaction as the entries it sums up.
public struct RunSummary: Hashable, Sendable {
    /// The run.
    public let id: RunID
    /// The workflow's name.
    public let workflow: String
    /// Where the run stands.
    public let state: RunState
    /// When it started, in nanoseconds since 1970.
    public let startedNanoseconds: Int64
    /// When its last entry was written, in nanoseconds since 1970.
    public let updatedNanoseconds: Int64
    /// How many approvals were requested and not answered; 0 once the run has ended.
    public let waitingCount: Int
    /// The exit code of its last end or stop, where one was recorded.
    public let exitCode: Int?
    /// The folder the run's files go to.
    public let directory: String
    /// What the run was started with.
    public let parameters: JSONValue
    /// How many entries it has.
    public let entryCount: Int
    /// Whether a person put the run under a legal hold: nothing of it is pruned.
    public let isHeld: Bool
}
