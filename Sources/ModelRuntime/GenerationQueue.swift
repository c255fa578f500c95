import Synchronization

/// Lets a number of generations run at a time, in order of arrival.
package final class GenerationQueue: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var taken = 0
        var nextNumber = 0
        var waiters: [Waiter] = []
        /// Waiters that were cancelled before they were listed.
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())
    private let limit: Int

    /// Makes a queue in which `limit` generations may run at a time.
    package init(limit: Int = 1) {
        precondition(limit > 0, "One generation at least may run.")
        self.limit = limit
    }

    package func run<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        guard await enter() else { throw ModelError.cancelled }
        defer { leave() }
        return try await body()
    }

    /// How many tasks wait.
    package var waitingCount: Int { state.withLock { $0.waiters.count } }

    /// Whether nobody runs or waits, and nothing is left of those who did.
    package var isIdle: Bool { state.withLock { $0.taken == 0 && $0.waiters.isEmpty && $0.cancelled.isEmpty } }

    /// Returns false when the task was cancelled while it waited.
    private func enter() async -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        // One that is cancelled once it was let in is among the cancelled ones too.
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    if state.taken < limit {
                        state.taken += 1
                        return true
                    }
                    state.waiters.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func leave() {
        let next: Waiter? = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.taken -= 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
