import Foundation

/// CPU time of this thread: other programs on the machine don't count.
enum ThreadClock {
    /// Microseconds.
    static var now: Double {
        var time = timespec()
        // The call writes one `timespec`, which lives throughout it.
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// What one reading costs, in microseconds.
    static var cost: Double {
        let start = now
        for _ in 0..<999 { _ = now }
        return (now - start) / 1_000
    }
}
