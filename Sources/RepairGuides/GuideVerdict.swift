/// How a repair ended, as its own checks show it.
public enum GuideVerdict: String, Hashable, Sendable, CaseIterable {
    /// The guide's checks failed before and pass now.
    case repaired
    /// The guide's checks passed before anything was done.
    case notNeeded = "not_needed"
    /// The guide's checks still fail; the folder was put back.
    case notRepaired = "not_repaired"
    /// Something was changed, and nothing in the guide shows whether the fault is gone.
    case unverified
    /// A person has to take over; what was changed was put back.
    case escalated
    /// A question waits for a person.
    case waiting
}
