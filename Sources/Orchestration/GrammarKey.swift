import JSONSchemas

/// What a reading's grammar hangs on.
struct GrammarKey: Hashable {
    let schema: JSONSchema
    /// What the dialect puts behind the value.
    let suffix: String
}
