/// What answers prompts: weights in this process, or a model behind a server.
public protocol Model: Sendable {
    /// What this model is and how it wants to be spoken to.
    var summary: ModelDescription { get }

    /// How it is asked.
    var access: ModelAccess { get }
}

/// The two ways to ask a model. There is no third: what asks models tells these two apart, and nothing else does.
public enum ModelAccess: Sendable {
    /// Token by token, each chosen here under a mask.
    case tokens(any LanguageModel)
    /// By messages; the answer comes as a whole and is checked here.
    case messages(ServerModel)
}

extension LanguageModel {
    /// Token by token.
    public var access: ModelAccess { .tokens(self) }
}
