/// Which runs are wanted.
public struct RunFilter: Hashable, Sendable {
    /// Only runs in this state.
    public var state: RunState?
    /// Only runs of the workflow of exactly this name.
    public var workflow: String?
    /// Only runs that started then or later, in nanoseconds since 1970.
    public var since: Int64?
    /// Only runs that started before, in nanoseconds since 1970.
    public var until: Int64?
    /// Only runs with a question that waits for a person.
    public var isWaiting: Bool
    /// How many at most.
    public var limit: Int

    /// A filter; without arguments the newest 100 runs pass it.
    public init(
        state: RunState? = nil, workflow: String? = nil, since: Int64? = nil, until: Int64? = nil,
        isWaiting: Bool = false, limit: Int = 100
    ) {
        self.state = state
        self.workflow = workflow
        self.since = since
        self.until = until
        self.isWaiting = isWaiting
        self.limit = limit
    }
}
