/// What a run may use before it stops with `budget_exhausted`.
public struct Budget: Hashable, Sendable {
    /// How many step instances may start.
    public let steps: Int
    /// How many tokens the prompts and the answers may have together.
    public let tokens: Int
    /// How long the run may take, waiting for people not counted.
    public let wall: Duration
    /// How many approvals may be asked for.
    public let approvals: Int

    /// A budget.
    public init(
        steps: Int = 60, tokens: Int = 80_000, wall: Duration = .seconds(900), approvals: Int = 10
    ) {
        self.steps = steps
        self.tokens = tokens
        self.wall = wall
        self.approvals = approvals
    }
}
