import PolicyEngine

/// A person's answer as the journal has it.
struct RecordedAnswer: Sendable {
    let approval: Approval
    /// When it was recorded, in nanoseconds since 1970. The answer's own time is only what its writer says.
    let answeredNanoseconds: Int64
    /// The digest of the call that it was used for before.
    let spentOn: String?

    /// The facts for one use of it.
    ///
    /// `editedPaths`: where the edited arguments that are paths lead.
    func use(at nanoseconds: Int64, editedPaths: [String: String]) -> ApprovalUse {
        ApprovalUse(
            answeredNanoseconds: answeredNanoseconds, usedNanoseconds: nanoseconds, spentOn: spentOn,
            editedPaths: editedPaths)
    }
}
