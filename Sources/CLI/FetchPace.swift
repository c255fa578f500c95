import Synchronization

/// Keeps progress lines to a readable number.
final class FetchPace: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// Whether the next line may be written: ten a second on a terminal, one in five seconds elsewhere.
    func isDue(isTerminal: Bool) -> Bool {
        last.withLock { last in
            let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
            if let earlier = last, earlier.duration(to: .now) < interval { return false }
            last = .now
            return true
        }
    }
}
