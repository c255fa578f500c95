/// One thing that ``SandboxExecutor/doctor()`` tried, and what happened.
public struct SandboxCheck: Hashable, Sendable {
    /// What was tried, as a claim: `network is cut`.
    public let name: String
    /// Whether the claim held.
    public let passed: Bool
    /// What was seen, one sentence.
    public let detail: String
    /// What to do when it did not hold, one sentence; empty when it did.
    public let fix: String
}
