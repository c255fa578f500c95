/// What happens when a tool's call is interrupted and made again.
public enum Effect: String, Hashable, Sendable, CaseIterable {
    /// Nothing outside changes.
    case pure
    /// The effect and the record of it commit together.
    case transactional
    /// Making the call twice is making it once.
    case idempotent
    /// Whether it happened can be asked.
    case queryable
    /// None of these: a person decides after an interruption.
    case opaque
}
