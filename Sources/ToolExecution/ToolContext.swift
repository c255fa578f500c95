/// The call a tool works on.
public struct ToolContext: Sendable {
    /// The step's address.
    public let address: String
    /// Identifies the effect; the same for every attempt at one call, so that an effect can be found again.
    public let effectID: String
    /// Who approved the call, where a person did.
    public let approvedBy: String?
    /// What the run lends.
    public let environment: ToolEnvironment
}
