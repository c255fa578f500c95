/// Hands what blocks to the desk, one after the other on a thread of its own: of two answers to one question that come at
/// once, the second finds it answered.
actor AnswerClerk {
    private let executor = QueueExecutor("supervisor.desk")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let desk: any SupervisorDesk

    init(desk: any SupervisorDesk) {
        self.desk = desk
    }

    func record(_ answers: [QuestionAnswer], by person: String) throws -> [AnswerReceipt] {
        try desk.record(answers, by: person)
    }

    func workflows() throws -> [WorkflowView] { try desk.workflows() }

    func evaluations() throws -> EvaluationsView { try desk.evaluations() }

    func verify() throws -> JournalView { try desk.verify() }
}
