/// What waits between tries, and decides how long by chance.
public struct RetryClock: Sendable {
    /// Waits; throws when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void
    /// 0..<1.
    let draw: @Sendable () -> Double

    /// A clock that `sleep` is the hands of; `draw` gives numbers from 0 to below 1.
    public init(
        sleep: @escaping @Sendable (Duration) async throws -> Void, draw: @escaping @Sendable () -> Double
    ) {
        self.sleep = sleep
        self.draw = draw
    }

    /// The real one.
    public static let system = RetryClock {
        try await Task.sleep(for: $0)
    } draw: {
        Double.random(in: 0..<1)
    }
}
