import Synchronization

/// Says that a task which waits for an evaluation was cancelled. The thread that evaluates looks at it between batches.
final class CancellationFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
