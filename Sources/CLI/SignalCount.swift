import Synchronization

/// Counts signals.
final class SignalCount: Sendable {
    private let value = Atomic(0)

    /// The number of this signal, from 1.
    func next() -> Int {
        value.add(1, ordering: .relaxed).newValue
    }
}
