public import Tokens

/// A model that evaluates tokens and lends what it predicts.
///
/// A generation is `begin`, then `sample` and `append` in turns. Those three work on the sequence that the
/// last `begin` made current, so callers that share a model wrap each generation in ``exclusively(_:)``, which gives each
/// a current sequence of its own. Whether generations then take turns or are evaluated together is the model's choice.
public protocol LanguageModel: Model {
    /// The tokens a grammar may choose from.
    var trie: TokenTrie { get }

    /// The tokens of `bytes`, without a begin-of-text token.
    ///
    /// `parsingSpecialTokens` is true for Warrant's own markers only. When it is false no token of a kind
    /// other than `normal` is returned, whatever the text says.
    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID]

    /// The tokens of each of `texts` as they are behind other text, no special ones.
    func tokenize(_ texts: [[UInt8]]) async throws(ModelError) -> [[TokenID]]

    /// Makes `prompt` and the answer's `opening` the content of the current sequence and evaluates what no resident
    /// sequence already holds. The logits of the last token are ready afterwards.
    ///
    /// `opening`: the tokens that every answer starts with. They are evaluated in one go with the prompt, which costs
    /// less than an evaluation of their own; the result counts the prompt's tokens only.
    ///
    /// `drafts`: see ``append(_:drafts:)``.
    ///
    /// - Throws: `contextOverflow` naming both sizes when prompt and opening don't leave room for one more token.
    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation

    /// Evaluates `tokens` after the current sequence; the last one's logits are ready afterwards.
    ///
    /// `drafts`: what may follow. They are evaluated in the same batch, but aren't part of the sequence: the logits
    /// are those behind `tokens`, and draws are as without drafts. When the tokens appended next start with drafts,
    /// these cost nothing more; otherwise drafts are dropped. A model may ignore them.
    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation

    /// Chooses one of the tokens that `mask` allows from the current logits. Doesn't append it.
    func sample(_ mask: TokenMask, options: SamplingOptions) async throws(ModelError) -> SampledToken

    /// Lends the current logits, one for each token of the vocabulary.
    func withLogits<R: Sendable>(
        _ body: @Sendable (inout MutableSpan<Float>) throws -> R
    ) async throws -> R

    /// How probable each of `continuations` is after `prompt`; nil from a model that can't tell, such as a scripted one.
    /// The current sequence is `prompt` afterwards, without logits.
    ///
    /// - Throws: `contextOverflow` when the prompt and the longest continuation don't fit.
    func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods?

    /// The hidden state behind `prompt`; nil from a model that can't tell, such as a scripted one. The current sequence is
    /// empty afterwards; those of others, and of generations that have ended, stay.
    ///
    /// - Throws: `contextOverflow` when the prompt doesn't fit.
    func embedding(of prompt: [TokenID]) async throws(ModelError) -> Embedding?

    /// Runs `body` with a current sequence that no other caller changes; callers are served in order of arrival.
    ///
    /// - Throws: `ModelError.cancelled` when the task is cancelled while it waits, else what `body` throws.
    func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R
}

extension LanguageModel {
    /// Makes `prompt` the content of the current sequence, with nothing of the answer known.
    public func begin(_ prompt: [TokenID], for request: RequestID) async throws(ModelError) -> Evaluation {
        try await begin(prompt, opening: [], drafts: [], for: request)
    }

    /// Makes `prompt` and the answer's `opening` the content of the current sequence.
    public func begin(
        _ prompt: [TokenID], opening: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        try await begin(prompt, opening: opening, drafts: [], for: request)
    }

    /// Evaluates `tokens` after the current sequence; the last one's logits are ready afterwards.
    public func append(_ tokens: [TokenID]) async throws(ModelError) -> Evaluation {
        try await append(tokens, drafts: [])
    }

    /// The tokens of each of `texts`, for models to which a text's start is a place like any other.
    public func tokenize(_ texts: [[UInt8]]) async throws(ModelError) -> [[TokenID]] {
        var all: [[TokenID]] = []
        for text in texts { all.append(try await tokenize(text, parsingSpecialTokens: false)) }
        return all
    }
}
