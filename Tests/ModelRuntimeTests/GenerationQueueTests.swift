import ModelRuntime
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct GenerationQueueTests {
    @Test(arguments: [1, 3])
    func `no more generations run at a time than may`(limit: Int) async throws {
        let queue = GenerationQueue(limit: limit)
        let state = Counters()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await queue.run {
                        state.value.withLock {
                            $0.running += 1
                            $0.most = max($0.most, $0.running)
                        }
                        for _ in 0..<20 { await Task.yield() }
                        state.value.withLock {
                            $0.running -= 1
                            $0.done += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(state.value.withLock { $0.most } == limit)
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
        #expect(!queue.isIdle)
        opener.yield()
        try await holder.value
        try await queue.run {}
        #expect(queue.isIdle)
    }

    @Test @MainActor func `a task that is cancelled once it was let in leaves nothing`() async throws {
        let queue = GenerationQueue()
        let waiter = try await queue.run {
            let waiter = Task { @MainActor in try await queue.run {} }
            while queue.waitingCount == 0 { await Task.yield() }
            return waiter
        }
        // It was let in just now, and goes on when this function waits: both are the main actor's.
        waiter.cancel()
        try await waiter.value
        #expect(queue.isIdle)
    }
}

/// Shared by reference: a `Mutex` itself can't be captured by several tasks.
private final class Counters: Sendable {
    let value = Mutex((running: 0, most: 0, done: 0))
}
