import WorkflowFormat

/// Counts what a run has spent since it was started or resumed.
struct BudgetMeter {
    private let budget: Budget
    private let started = ContinuousClock.now
    private var steps = 0
    private var tokens = 0
    private var approvals = 0

    init(_ budget: Budget) {
        self.budget = budget
    }

    /// Tokens left.
    var tokensLeft: Int { max(0, budget.tokens - tokens) }

    /// Counts one step; halts when a limit was reached before it.
    ///
    /// `isSpent`: whether the time spent so far is all that the budget's `wall` limit gives.
    mutating func countStep(_ address: String, isSpent: (Duration, Duration) -> Bool) throws {
        steps += 1
        try check(steps <= budget.steps, "steps", "\(budget.steps)", address)
        try check(tokens < budget.tokens, "tokens", "\(budget.tokens)", address)
        let spent = started.duration(to: .now)
        try check(!isSpent(spent, budget.wall), "wall", "\(Int(budget.wall.seconds)) s", address)
    }

    mutating func count(tokens more: Int) {
        tokens += more
    }

    /// Counts one question to a person.
    mutating func countApproval(_ address: String) throws {
        approvals += 1
        try check(approvals <= budget.approvals, "approvals", "\(budget.approvals)", address)
    }

    /// What a halted run says where it is the time that is spent.
    static func wallSentence(_ wall: Duration, at address: String) -> String {
        sentence("wall", "\(Int(wall.seconds)) s", address)
    }

    private static func sentence(_ name: String, _ limit: String, _ address: String) -> String {
        "Can't go on with step `\(address)`: the budget's `\(name)` limit of \(limit) is reached."
    }

    private func check(_ holds: Bool, _ name: String, _ limit: String, _ address: String) throws {
        guard !holds else { return }
        throw Halt(.budgetExhausted, Self.sentence(name, limit, address))
    }
}
