public import JSONSchemas

/// What the operator's `journal.yaml` says about records: it can only add to what is replaced. It holds names of
/// environment variables, no secret.
public struct JournalSettings: Hashable, Sendable {
    /// A pattern whose matches are replaced.
    public struct Pattern: Hashable, Sendable {
        /// Two to 32 small letters, digits and `_`; it stands in the tokens in capital letters.
        public let name: String
        /// The expression.
        public let pattern: StringPattern
        /// Where it is written.
        public let position: SourcePosition

        /// A pattern.
        public init(name: String, pattern: StringPattern, position: SourcePosition) {
            self.name = name
            self.pattern = pattern
            self.position = position
        }
    }

    /// Environment variables whose values are secrets, besides those that the trackers' configuration names.
    public let secretVariables: [String]
    /// Personal data that every run replaces.
    public let redact: [PersonalData]
    /// What else every run replaces.
    public let patterns: [Pattern]
    /// How long records are kept.
    public let retention: RetentionPeriods

    /// Settings; the defaults hold where there is no file.
    public init(
        secretVariables: [String] = [], redact: [PersonalData] = [], patterns: [Pattern] = [],
        retention: RetentionPeriods = RetentionPeriods()
    ) {
        self.secretVariables = secretVariables
        self.redact = redact
        self.patterns = patterns
        self.retention = retention
    }
}
