/// What this room can't do itself, since it reaches no tool: whoever starts the server does it.
public protocol SupervisorDesk: Sendable {
    /// Checks all answers, then records each: under the runs' leases, bound to the questions' digests, an edited call and
    /// an endorsement looked at as `warrant approve` does. Blocks. It is never called twice at a time, but beside the others.
    ///
    /// - Throws: ``NoticeView`` where an answer is refused: 404 `not_found`, 409 `answered` or `changed`, 422 `invalid`,
    ///   403 `denied`, 423 `busy`. Then none was recorded. Answers for one run are recorded together or not at all; where
    ///   writing fails at a later run, 503 `half_recorded` says how many stand.
    func record(_ answers: [QuestionAnswer], by person: String) throws -> [AnswerReceipt]

    /// The workflows there are. Blocks.
    func workflows() throws -> [WorkflowView]

    /// The evaluations there are. Blocks.
    func evaluations() throws -> EvaluationsView

    /// Whether the journal is as it was written. Blocks for as long as reading all of it takes.
    func verify() throws -> JournalView
}
