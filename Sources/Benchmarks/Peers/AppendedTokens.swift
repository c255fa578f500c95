import ModelRuntime
import Synchronization
import Tokens

/// A model that notes which tokens an answer consists of.
struct AppendedTokens: LanguageModel {
    private final class Log: Sendable {
        let tokens = Mutex<[TokenID]>([])
    }

    let base: LlamaModel
    private let log = Log()

    init(base: LlamaModel) { self.base = base }

    /// The tokens of the latest answer that were evaluated: all but the last ones.
    var tokens: [TokenID] { log.tokens.withLock { $0 } }

    var summary: ModelDescription { base.summary }
    var trie: TokenTrie { base.trie }

    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID] {
        try await base.tokenize(bytes, parsingSpecialTokens: parsingSpecialTokens)
    }

    func tokenize(_ texts: [[UInt8]]) async throws(ModelError) -> [[TokenID]] {
        try await base.tokenize(texts)
    }

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        log.tokens.withLock { $0 = opening }
        return try await base.begin(prompt, opening: opening, drafts: drafts, for: request)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        log.tokens.withLock { $0 += tokens }
        return try await base.append(tokens, drafts: drafts)
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

    func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await base.exclusively(body)
    }
}
