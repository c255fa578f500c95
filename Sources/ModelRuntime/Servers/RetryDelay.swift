import Foundation

/// How long to wait before a request is sent again: exponential back-off with jitter, or what the server asks for.
struct RetryDelay {
    let limits: ServerLimits

    /// The wait after `attempt` tries; `asked` by the server counts when it is longer.
    ///
    /// Nil where the server wants no request for longer than the limit.
    func after(_ attempt: Int, asked: Duration?, draw: Double) -> Duration? {
        if let asked, asked > limits.retryAfterLimit { return nil }
        let step = limits.firstDelay * (1 << min(attempt - 1, 10))
        // Many items that were refused together must not come back together.
        return max(min(step, limits.retryAfterLimit) * (1 + draw), asked ?? .zero)
    }

    /// What a `Retry-After` header asks for: seconds, or a date.
    static func asked(by header: String?, now: Date = Date()) -> Duration? {
        guard let header else { return nil }
        if let seconds = Int(header), seconds >= 0 { return .seconds(min(seconds, 1 << 30)) }
        let reader = DateFormatter()
        reader.locale = Locale(identifier: "en_US_POSIX")
        reader.timeZone = TimeZone(identifier: "GMT")
        reader.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let date = reader.date(from: header) else { return nil }
        return .seconds(max(0, min(date.timeIntervalSince(now).rounded(.up), 1e9)))
    }
}
