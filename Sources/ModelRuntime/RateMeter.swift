import Synchronization

/// Turns byte counts into progress reports, at most five a second.
final class RateMeter: Sendable {
    private let total: Int
    private let start: Int
    private let source: String
    private let began = ContinuousClock.now
    private let lastReport = Mutex<ContinuousClock.Instant?>(nil)
    private let progress: @Sendable (FetchProgress) -> Void

    init(total: Int, start: Int, source: String, progress: @escaping @Sendable (FetchProgress) -> Void) {
        self.total = total
        self.start = start
        self.source = source
        self.progress = progress
    }

    func report(_ received: Int) {
        let now = ContinuousClock.now
        let isDue = lastReport.withLock { last in
            if let last, now - last < .milliseconds(200), received < total { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = (now - began) / .seconds(1)
        progress(
            FetchProgress(
                receivedBytes: received, totalBytes: total,
                bytesPerSecond: seconds > 0 ? Double(max(0, received - start)) / seconds : 0, source: source))
    }
}
