import WorkflowFormat

extension Run {
    /// Counts one step against the budget.
    ///
    /// - Throws: `Halt` when a limit was reached before it.
    func countStep(_ address: String) throws {
        try meter.countStep(address) { services.isSpent($0, of: $1, at: address) }
    }
}
