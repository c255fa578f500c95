/// What a server may take, in time, in bytes and in patience.
public struct ServerLimits: Hashable, Sendable {
    /// From the request to the answer's last byte. A prompt of some thousand tokens takes a CPU minutes.
    public var timeLimit: Duration
    /// Until a connection stands.
    public var connectTimeLimit: Duration
    /// Without a byte, before and within the answer.
    public var stallTimeLimit: Duration
    /// Bytes of one answer as they come over the line; an event takes some 300 bytes a token.
    public var answerByteLimit: Int
    /// How often a request is sent at most.
    public var attemptLimit: Int
    /// What is waited before the second try; twice as much before each further one, and up to as much again by chance.
    public var firstDelay: Duration
    /// The longest wait that a server may ask for with `Retry-After`.
    public var retryAfterLimit: Duration

    /// Makes limits; the defaults suit a server on a slow machine.
    public init(
        timeLimit: Duration = .seconds(900), connectTimeLimit: Duration = .seconds(10),
        stallTimeLimit: Duration = .seconds(300), answerByteLimit: Int = 8 << 20, attemptLimit: Int = 4,
        firstDelay: Duration = .milliseconds(500), retryAfterLimit: Duration = .seconds(60)
    ) {
        self.timeLimit = timeLimit
        self.connectTimeLimit = connectTimeLimit
        self.stallTimeLimit = stallTimeLimit
        self.answerByteLimit = answerByteLimit
        self.attemptLimit = attemptLimit
        self.firstDelay = firstDelay
        self.retryAfterLimit = retryAfterLimit
    }
}
