import Dispatch
import Foundation
import Synchronization

/// Runs an actor's work on one thread of its own, so that a blocking C call never holds a shared one.
final class DedicatedThreadExecutor: SerialExecutor {
    private struct Entry: Sendable {
        let job: UnownedJob
        /// Held until the work is done: the last reference to the actor may go away while it runs.
        let executor: DedicatedThreadExecutor
    }

    private struct State {
        var entries: [Entry] = []
        var isStopped = false
    }

    private final class Queue: Sendable {
        let state = Mutex(State())
        let available = DispatchSemaphore(value: 0)

        func run() {
            while true {
                available.wait()
                let (entries, isStopped) = state.withLock { state in
                    defer { state.entries.removeAll(keepingCapacity: true) }
                    return (state.entries, state.isStopped)
                }
                for entry in entries {
                    unsafe entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
                }
                if isStopped { return }
            }
        }
    }

    private let queue = Queue()

    /// Starts the thread; it ends when the executor does.
    init(name: String) {
        let queue = self.queue
        let thread = Thread { queue.run() }
        thread.name = name
        // The pre-tokenizer's regular expressions recurse on some vocabularies.
        thread.stackSize = 16 << 20
        thread.start()
    }

    deinit {
        queue.state.withLock { $0.isStopped = true }
        queue.available.signal()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let entry = Entry(job: UnownedJob(job), executor: self)
        queue.state.withLock { $0.entries.append(entry) }
        queue.available.signal()
    }
}
