/// An error thrown while a request is sent or its answer read.
public struct TransferError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// The URL can't be read, or isn't `https` or `http`.
        case invalidURL
        /// The request or a redirect names a host that isn't allowed.
        case hostNotAllowed
        /// A guarded request's host is at an address that isn't public and wasn't named.
        case addressNotAllowed
        /// More than five redirects, or one to nowhere.
        case badRedirect
        /// No connection: name, route, TLS.
        case connectionFailed
        /// The answer is longer than allowed.
        case byteLimit
        /// The answer took longer than allowed.
        case timeLimit
        /// A download was answered with something else than content.
        case status(Int)
        /// The file can't be written.
        case writeFailed
        /// The task was cancelled.
        case cancelled
    }

    /// What kind of failure happened.
    public let code: Code
    /// What was attempted, naming the host and not the whole URL, which may hold secrets.
    public let operation: String
    /// Why it failed, without the final period.
    public let reason: String
    /// Whether some of the request was sent, so that the server may have acted on it.
    public let mayHaveArrived: Bool

    init(_ code: Code, _ operation: String, _ reason: String, mayHaveArrived: Bool = false) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.mayHaveArrived = mayHaveArrived
    }

    /// One sentence.
    public var description: String { "Can't \(operation): \(reason)." }
}
