import ModelRuntime
import Tokens

/// A model around another one that does what that does, but for what it implements itself.
protocol ModelWrapper: LanguageModel {
    associatedtype Base: LanguageModel
    /// The model inside.
    var base: Base { get }
}

extension ModelWrapper {
    var summary: ModelDescription { base.summary }
    var trie: TokenTrie { base.trie }

    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID] {
        try await base.tokenize(bytes, parsingSpecialTokens: parsingSpecialTokens)
    }

    func tokenize(_ texts: [[UInt8]]) async throws(ModelError) -> [[TokenID]] {
        try await base.tokenize(texts)
    }

    func sample(_ mask: TokenMask, options: SamplingOptions) async throws(ModelError) -> SampledToken {
        try await base.sample(mask, options: options)
    }

    func withLogits<R: Sendable>(_ body: @Sendable (inout MutableSpan<Float>) throws -> R) async throws -> R {
        try await base.withLogits(body)
    }

    func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        try await base.logLikelihoods(of: continuations, after: prompt, for: request)
    }

    func embedding(of prompt: [TokenID]) async throws(ModelError) -> Embedding? {
        try await base.embedding(of: prompt)
    }

    func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await base.exclusively(body)
    }
}
