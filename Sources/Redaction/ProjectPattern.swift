public import JSONSchemas

/// A pattern of the operator's own.
public struct ProjectPattern: Hashable, Sendable {
    /// States that an expression may unfold to. Each costs time at every character.
    public static let stateLimit = 1_000
    /// Characters of a text that one match may have.
    public static let lengthLimit = StringPattern.matchLengthLimit

    /// What its matches are called.
    public let kind: RedactionClass
    /// The expression.
    public let pattern: StringPattern

    /// A pattern; nil where the expression matches the empty text, so that there would be nothing to replace, or unfolds to
    /// more than ``stateLimit`` states.
    public init?(_ kind: RedactionClass, _ pattern: StringPattern) {
        guard !pattern.matches(""), pattern.stateCount <= Self.stateLimit else { return nil }
        self.kind = kind
        self.pattern = pattern
    }
}
