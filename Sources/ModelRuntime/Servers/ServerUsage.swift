import JSONSchemas

/// What a server says an answer cost it.
public struct ServerUsage: Hashable, Sendable {
    /// Tokens of the prompt.
    public let promptTokens: Int
    /// Those of them that it had in its cache.
    public let cachedTokens: Int
    /// Tokens of the answer.
    public let answerTokens: Int

    init(promptTokens: Int, cachedTokens: Int, answerTokens: Int) {
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.answerTokens = answerTokens
    }

    /// A `usage` member; nil for anything that isn't one. Figures that make no sense are no figures: a budget counts them.
    init?(_ value: JSONValue?) {
        guard let value, let prompt = value["prompt_tokens"]?.intValue,
            let answer = value["completion_tokens"]?.intValue,
            (0...Self.limit).contains(prompt), (0...Self.limit).contains(answer)
        else { return nil }
        let cached = value["prompt_tokens_details"]?["cached_tokens"]?.intValue ?? 0
        self.init(promptTokens: prompt, cachedTokens: min(max(0, cached), prompt), answerTokens: answer)
    }

    private static let limit = 100_000_000
}
