public import ModelRuntime
import Tokens

extension ConstrainedGenerator {
    /// What the model is.
    public var summary: ModelDescription { model.summary }

    /// How many tokens `prompt` has.
    public func tokenCount(of prompt: Prompt) async throws -> Int {
        try await prompt.tokens(for: model).count
    }

    /// How many tokens `text` has as a piece of data.
    public func tokenCount(of text: String) async throws -> Int {
        try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false).count
    }

    /// How probable each of `texts` is after `prompt`; nil from a model that can't tell.
    public func logLikelihoods(
        of texts: [String], after prompt: Prompt, for request: RequestID
    ) async throws -> Likelihoods? {
        let start = try await prompt.tokens(for: model)
        var tokens: [[TokenID]] = []
        for text in texts { tokens.append(try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false)) }
        let all = tokens
        return try await model.exclusively {
            try await model.logLikelihoods(of: all, after: start, for: request)
        }
    }

    /// What the model makes of `prompt`; nil from one that can't tell.
    public func embedding(of prompt: Prompt) async throws -> Embedding? {
        let tokens = try await prompt.tokens(for: model)
        return try await model.exclusively { try await model.embedding(of: tokens) }
    }
}
