import Dispatch

/// Runs an actor's work on a queue of its own: reading the journal blocks, and must not hold a thread that answers requests.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // SAFETY: the job came to this executor and is run once.
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }
}
