/// What is known about an answer, beside its text, when it is to be used. This room reads no clock.
public struct ApprovalUse: Hashable, Sendable {
    /// When the answer was recorded, in nanoseconds since 1970.
    public let answeredNanoseconds: Int64
    /// The time now, by the same clock.
    public let usedNanoseconds: Int64
    /// ``WorkflowFormat/ToolCall/digest`` of the call that this answer was used for before, or nil when it wasn't.
    public let spentOn: String?
    /// Where the edited arguments that are paths lead, as in ``PolicyContext/resolvedPaths``.
    public let editedPaths: [String: String]

    /// Makes the facts of one use.
    public init(
        answeredNanoseconds: Int64, usedNanoseconds: Int64, spentOn: String? = nil, editedPaths: [String: String] = [:]
    ) {
        self.answeredNanoseconds = answeredNanoseconds
        self.usedNanoseconds = usedNanoseconds
        self.spentOn = spentOn
        self.editedPaths = editedPaths
    }
}
