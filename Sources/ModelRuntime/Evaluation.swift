/// What an evaluation cost.
public struct Evaluation: Hashable, Sendable {
    /// Tokens that the weights were run on.
    public var evaluated: Int
    /// Tokens whose state was already resident.
    public var reused: Int
    /// Wall time.
    public var duration: Duration

    /// Makes a record.
    public init(evaluated: Int, reused: Int, duration: Duration) {
        self.evaluated = evaluated
        self.reused = reused
        self.duration = duration
    }
}
