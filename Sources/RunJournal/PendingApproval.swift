public import JSONSchemas

/// An approval that was requested and not answered yet.
public struct PendingApproval: Hashable, Sendable {
    /// The run that asks.
    public let run: RunID
    /// The step that asks.
    public let step: String
    /// The digest of the exact call, which the answer must repeat.
    public let digest: String
    /// The entry that holds the request.
    public let sequence: Int
    /// When it was asked, in nanoseconds since 1970.
    public let requestedNanoseconds: Int64
    /// The request as it was journaled.
    public let body: JSONValue
}
