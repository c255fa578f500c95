public import JSONSchemas
public import RunJournal

/// The page of runs: what passes the filter, newest first.
public struct RunsView: Hashable, Sendable {
    /// The runs.
    public let runs: [RunRow]
    /// What was asked for.
    public let query: Query
    /// Whether more runs pass than are shown.
    public let hasMore: Bool
    /// Questions that wait in all runs.
    public let waitingCount: Int
    /// The names of workflows to choose from: those of the newest runs.
    public let workflows: [String]

    /// What is asked for.
    public struct Query: Hashable, Sendable {
        /// Only runs in this state.
        public var state: RunState?
        /// Only runs of the workflow of exactly this name.
        public var workflow: String?
        /// Only runs with a question that waits.
        public var isWaiting: Bool
        /// Only runs that have this text, whatever its case, in their identifier, workflow, folder or model.
        public var text: String
        /// How many at most, 1 to 500.
        public var limit: Int

        /// What is asked for; without arguments the newest runs.
        public init(
            state: RunState? = nil, workflow: String? = nil, isWaiting: Bool = false, text: String = "",
            limit: Int = 100
        ) {
            self.state = state
            self.workflow = workflow
            self.isWaiting = isWaiting
            self.text = text
            self.limit = limit
        }
    }

    /// Makes the view.
    public init(runs: [RunRow], query: Query, hasMore: Bool, waitingCount: Int, workflows: [String]) {
        self.runs = runs
        self.query = query
        self.hasMore = hasMore
        self.waitingCount = waitingCount
        self.workflows = workflows
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "runs": .array(runs.map { $0.toJSON() }), "more": .bool(hasMore), "waiting": .integer(waitingCount),
            "workflows": .array(workflows.map { .string($0) }),
        ]
    }
}
