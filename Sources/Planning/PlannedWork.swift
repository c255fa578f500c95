public import Provenance
public import WorkflowFormat

/// A plan the model wrote before it saw any data.
public struct PlannedWork: Sendable {
    /// The plan.
    public let plan: LockedPlan
    /// What the model had seen when it wrote it: trusted text only.
    public let label: Label
    /// What it cost.
    public let usage: TokenUsage
    /// The prompt.
    public let prompt: Prompt
    /// Who wrote it, where that isn't the weights in this process.
    public let answerer: Answerer?
}
