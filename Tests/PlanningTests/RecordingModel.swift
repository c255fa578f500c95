import ModelRuntime
import Tokens

/// A model that remembers which tokens it was given without having chosen them, by their place in the answer.
actor RecordingModel: LanguageModel {
    private let base: LlamaModel
    nonisolated let summary: ModelDescription
    nonisolated let trie: TokenTrie
    /// The forced tokens of the last answer, by the number of bytes before them.
    private(set) var forced: [Int: TokenID] = [:]
    private var byteCount = 0
    private var chosen: TokenID?

    init(base: LlamaModel) {
        self.base = base
        summary = base.summary
        trie = base.trie
    }

    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID] {
        try await base.tokenize(bytes, parsingSpecialTokens: parsingSpecialTokens)
    }

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        forced = [:]
        byteCount = 0
        chosen = nil
        record(opening)
        return try await base.begin(prompt, opening: opening, drafts: drafts, for: request)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        record(tokens)
        return try await base.append(tokens, drafts: drafts)
    }

    private func record(_ tokens: [TokenID]) {
        for token in tokens {
            if token != chosen { forced[byteCount] = token }
            chosen = nil
            byteCount += trie.vocabulary.bytes(of: token).count
        }
    }

    func sample(_ mask: TokenMask, options: SamplingOptions) async throws(ModelError) -> SampledToken {
        let sampled = try await base.sample(mask, options: options)
        chosen = sampled.token
        return sampled
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

    nonisolated func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await base.exclusively(body)
    }
}
