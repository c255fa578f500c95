/// Has the journal verified, once at a time: whoever asks before a verification begins shares it, and one that has begun
/// tells nothing of what was altered since. So one runs and one waits at most, however many ask.
actor VerificationDesk {
    private let clerk: AnswerClerk
    private var running: Task<JournalView, any Error>?
    private var waiting: Task<JournalView, any Error>?

    /// - Parameter clerk: Does the work. What else it is asked for waits.
    init(clerk: AnswerClerk) {
        self.clerk = clerk
    }

    /// What a verification finds that begins after this call.
    func verify() async throws -> JournalView {
        let task = waiting ?? begin()
        return try await task.value
    }

    private func begin() -> Task<JournalView, any Error> {
        let before = running
        let task = Task { try await self.work(after: before) }
        waiting = task
        return task
    }

    private func work(after before: Task<JournalView, any Error>?) async throws -> JournalView {
        // What the one before found, or failed of, is for those who asked for it.
        _ = await before?.result
        running = waiting
        waiting = nil
        return try await clerk.verify()
    }
}
