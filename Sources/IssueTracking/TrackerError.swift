/// Why a tracker did not do what was asked.
public struct TrackerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// There is no such issue.
        case notFound
        /// The project or a label is not what the tracker has.
        case badArgument
        /// The tracker refuses this request and would refuse it again.
        case refused
        /// There was no usable answer, or the credentials aren't accepted; trying again later is safe.
        case unavailable
        /// The configuration or the environment lacks something.
        case configuration
        /// The tracker's file can't be read or written.
        case storage
    }

    /// What kind of failure happened.
    public let code: Code
    /// The tracker's name.
    public let tracker: String
    /// What was attempted.
    public let operation: String
    /// Why it failed, without the final period.
    public let reason: String

    init(_ code: Code, _ tracker: String, _ operation: String, _ reason: String) {
        self.code = code
        self.tracker = tracker
        self.operation = operation
        self.reason = reason
    }

    /// One sentence.
    public var description: String { "Can't \(operation) `\(tracker)`: \(reason)." }
}
