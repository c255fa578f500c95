/// One way of untrusted data to an argument that says where a call lands or what it carries.
public struct Flow: Hashable, Sendable {
    /// The argument.
    public let sink: FlowSink
    /// Where the data enters.
    public let origin: FlowOrigin
    /// The steps it goes through, the shortest way.
    public let path: [FlowHop]
    /// What stands between.
    public let barrier: FlowBarrier
}

/// An argument of a call or of an agent's tool that lands somewhere.
public struct FlowSink: Hashable, Sendable {
    /// What an argument says about a call.
    public enum Role: String, Sendable {
        /// Where it lands.
        case control
        /// What it carries.
        case content
    }

    /// The step's address, `[]` standing for any item.
    public let step: String
    /// Whether a planner writes it, and not the workflow.
    public let isPlanned: Bool
    /// The tool.
    public let tool: String
    /// The argument.
    public let argument: String
    /// What it says.
    public let role: Role
}
