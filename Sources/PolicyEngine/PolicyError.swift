public import WorkflowFormat

/// An error thrown while a policy is read or an approval is turned into a warrant. It always means: no warrant.
public struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// A rule cannot be enforced as it is written.
        case badRule
        /// The answer belongs to another request, or the request to another run, step or policy.
        case mismatch
        /// The person rejected the call.
        case rejected
        /// The answer is too old to be used, or dated in the future.
        case expired
        /// The answer was used already, for another call.
        case replayed
        /// The policy denies the call, whatever the person said.
        case denied(Denial)
    }

    /// What kind of failure happened.
    public let code: Code
    /// Where the rule is written; nil for approvals.
    public let position: SourcePosition?
    /// What was attempted.
    public let operation: String
    /// Why it failed.
    public let reason: String

    /// `FILE:LINE:COLUMN: Can't <operation>: <reason>.`
    public var description: String {
        (position.map { "\($0): " } ?? "") + "Can't \(operation): \(reason)."
    }

    init(_ code: Code, operation: String, reason: String, position: SourcePosition? = nil) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.position = position
    }
}
