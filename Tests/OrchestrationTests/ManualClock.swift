import Synchronization

/// A clock that stands still until it is set.
final class ManualClock: Sendable {
    private let nanoseconds = Mutex<Int64>(1_700_000_000_000_000_000)

    var now: @Sendable () -> Int64 { { self.nanoseconds.withLock { $0 } } }

    func advance(hours: Int64) {
        nanoseconds.withLock { $0 += hours * 3600 * 1_000_000_000 }
    }
}
