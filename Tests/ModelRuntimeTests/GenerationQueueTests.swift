import ModelRuntime
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct GenerationQueueTests {
    @Test func `one generation runs at a time`() async throws {
        let queue = GenerationQueue()
        let state = Counters()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await queue.run {
                        state.value.withLock {
                            $0.running += 1
                            $0.most = max($0.most, $0.running)
                        }
                        await Task.yield()
                        state.value.withLock {
                            $0.running -= 1
                            $0.done += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(state.value.withLock { $0.most } == 1)
        #expect(state.value.withLock { $0.done } == 50)
    }

    @Test func `a waiting task that is cancelled leaves the queue`() async throws {
        let queue = GenerationQueue()
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let (entered, entry) = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await queue.run {
                entry.yield()
                for await _ in gate { break }
            }
        }
        for await _ in entered { break }
        let waiter = Task { try await queue.run {} }
        waiter.cancel()
        let error = await #expect(throws: ModelError.self) { try await waiter.value }
        #expect(error?.code == .cancelled)
        opener.yield()
        try await holder.value
        try await queue.run {}
    }
}

/// Shared by reference: a `Mutex` itself can't be captured by several tasks.
private final class Counters: Sendable {
    let value = Mutex((running: 0, most: 0, done: 0))
}
