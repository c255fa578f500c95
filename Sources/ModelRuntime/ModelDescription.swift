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

    /// Whether it is behind a server, so that its answers are checked here and not bounded while they are written.
    public let isRemote: Bool

    /// Whether the same requests give the same bits, whatever was evaluated before; see
    /// ``ModelConfiguration/isDeterministic``.
    public let isDeterministic: Bool

    /// Describes a model.
    public init(
        name: String, sha256: String?, contextTokenLimit: Int, dialect: ChatDialect, isRemote: Bool = false,
        isDeterministic: Bool = false
    ) {
        self.name = name
        self.sha256 = sha256
        self.contextTokenLimit = contextTokenLimit
        self.dialect = dialect
        self.isRemote = isRemote
        self.isDeterministic = isDeterministic
    }
}
