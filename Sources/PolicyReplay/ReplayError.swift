/// An error thrown while recorded tasks are read or matched with a policy.
public struct ReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted.
    public let operation: String
    /// Why it failed.
    public let reason: String

    /// An error.
    public init(_ operation: String, reason: String) {
        self.operation = operation
        self.reason = reason
    }

    /// `Can't <operation>: <reason>.`
    public var description: String { "Can't \(operation): \(reason)." }
}
