/// Why a tool could not do what a call asked; shown to the planner and in the journal as a `ToolFailure`.
public struct ToolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: String, Hashable, Sendable {
        /// An argument that the schema admits makes no sense to the tool.
        case badArgument = "bad_argument"
        /// What was named is not there.
        case notFound = "not_found"
        /// The data is not what it should be: binary, not UTF-8, malformed.
        case badData = "bad_data"
        /// A stated limit was reached.
        case limit
        /// The engine or the tool refuses this.
        case refused
        /// Input, output or a service failed.
        case io
        /// A service gave no usable answer; the run goes on without the call, and makes it when it is resumed.
        case unavailable
        /// The sandbox cannot hold its promise; the run must stop.
        case sandboxUnavailable = "sandbox_unavailable"
        /// The tool returned what its manifest does not allow: a bug.
        case badResult = "bad_result"
    }

    /// What kind of failure happened.
    public let code: Code
    /// The sentence.
    public let description: String

    /// A failure with its sentence.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
