/// What is looked for and with which key it is replaced.
public struct RedactionConfiguration: Sendable {
    /// The project's key: at least 16 bytes that nobody else knows.
    public let key: [UInt8]
    /// The secrets whose values are looked for.
    public let secrets: [KnownSecret]
    /// The classes of ``RedactionClass/onRequest`` that are looked for besides the ones that always are.
    public let requested: Set<RedactionClass>
    /// The operator's patterns.
    public let patterns: [ProjectPattern]

    /// A configuration; ``RedactionClass/always`` is part of every one.
    public init(
        key: [UInt8], secrets: [KnownSecret] = [], requested: Set<RedactionClass> = [], patterns: [ProjectPattern] = []
    ) {
        precondition(key.count >= 16, "A redaction key has at least 16 bytes.")
        self.key = key
        self.secrets = secrets
        self.requested = requested
        self.patterns = patterns
    }
}
