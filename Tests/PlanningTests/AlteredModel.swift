import ModelRuntime
import Tokens

/// A scripted model with one property changed: its context, how sure it is, or what its tokenizer makes of a byte.
struct AlteredModel: LanguageModel {
    let base: ScriptedModel
    var contextTokenLimit = 1 << 20
    var probability: Float = 1
    /// The hash of its weights, where it has one.
    var sha256: String?
    var isDeterministic = false
    /// A byte that this tokenizer takes for the end of generation, as a careless one would take `<|im_end|>`.
    var controlByte: UInt8?
    /// The log likelihood of a text after a prompt, where this model can tell.
    var likelihood: (@Sendable (_ prompt: String, _ text: String) -> Double)?
    /// What it makes of a text, where this model can tell.
    var embedding: (@Sendable (_ prompt: String) -> [Float])?
    /// What it throws when it's asked how likely a text is.
    var likelihoodError: ModelError?
    /// A vocabulary that starts with that of the base, whose tokens beyond are never chosen.
    var widerTrie: TokenTrie?

    var summary: ModelDescription {
        ModelDescription(
            name: "altered", sha256: sha256, contextTokenLimit: contextTokenLimit, dialect: base.summary.dialect,
            isDeterministic: isDeterministic)
    }

    var trie: TokenTrie { widerTrie ?? base.trie }

    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID] {
        bytes.map { $0 == controlByte ? TokenID(rawValue: 256) : TokenID(rawValue: Int32($0)) }
    }

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        precondition(prompt.count < contextTokenLimit, "A planner must not begin what does not fit.")
        return try await base.begin(prompt, opening: opening, drafts: drafts, for: request)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        try await base.append(tokens, drafts: drafts)
    }

    func sample(_ mask: TokenMask, options: SamplingOptions) async throws(ModelError) -> SampledToken {
        SampledToken(token: try await base.sample(mask, options: options).token, probability: probability)
    }

    func withLogits<R: Sendable>(_ body: @Sendable (inout MutableSpan<Float>) throws -> R) async throws -> R {
        try await base.withLogits(body)
    }

    func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        if let likelihoodError { throw likelihoodError }
        guard let likelihood else { return nil }
        let text = String(decoding: prompt.map { UInt8(truncatingIfNeeded: $0.rawValue) }, as: UTF8.self)
        let values = continuations.map { tokens in
            likelihood(text, String(decoding: tokens.flatMap { trie.vocabulary.bytes(of: $0) }, as: UTF8.self))
        }
        return Likelihoods(
            values: values, evaluation: Evaluation(evaluated: prompt.count, reused: 0, duration: .zero))
    }

    func embedding(of prompt: [TokenID]) async throws(ModelError) -> Embedding? {
        embedding.map { embedding in
            Embedding(
                values: embedding(
                    String(decoding: prompt.map { UInt8(truncatingIfNeeded: $0.rawValue) }, as: UTF8.self)),
                evaluation: Evaluation(evaluated: prompt.count, reused: 0, duration: .zero))
        }
    }

    func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await base.exclusively(body)
    }
}
