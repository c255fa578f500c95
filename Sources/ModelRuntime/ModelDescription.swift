/// What a loaded model is, for the journal and for whoever writes its prompts.
public struct ModelDescription: Hashable, Sendable {
    /// The catalog's name of the weights, or their file's name.
    public let name: String

    /// The SHA-256 of the weights in lower-case hexadecimal, when it is known.
    public let sha256: String?

    /// How many tokens a prompt and its completion may have together.
    public let contextTokenLimit: Int

    /// The markers of a conversation.
    public let dialect: ChatDialect

    /// Describes a model.
    public init(name: String, sha256: String?, contextTokenLimit: Int, dialect: ChatDialect) {
        self.name = name
        self.sha256 = sha256
        self.contextTokenLimit = contextTokenLimit
        self.dialect = dialect
    }
}
