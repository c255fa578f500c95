/// Why the page can't be served.
public struct SupervisorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// Another program listens on the port.
        case portInUse
        /// The port needs rights that this process lacks.
        case notPermitted
        /// Anything else about listening.
        case io
    }

    /// What kind of failure happened.
    public let code: Code
    /// One sentence, and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
