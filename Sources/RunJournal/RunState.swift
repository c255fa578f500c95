/// Where a run stands. The raw value is the word in the journal, in `--json` output and after `--state`.
public enum RunState: String, CaseIterable, Codable, Sendable {
    /// Under way, or left behind by a killed process: ``Journal/leaseHolder(of:)`` tells which.
    case running
    /// Waiting for a person.
    case parked
    /// Ended with everything done.
    case done
    /// Ended by an error.
    case failed
    /// Ended because a needed call was denied.
    case denied
    /// Ended by a limit of its budget; resumable.
    case budgetExhausted = "budget_exhausted"
    /// Ended because the same call came again and again.
    case stuck
    /// Ended without what was searched for.
    case notFound = "not_found"
    /// Ended by a person.
    case cancelled

    /// Whether questions of this run still wait for an answer.
    public var isOpen: Bool { self == .running || self == .parked }
}
