public import ConstrainedDecoding
public import JSONSchemas
public import ModelRuntime
import Tokens

/// Produces answers under a grammar, whatever the model: all that planners know of one.
///
/// There are two. ``ConstrainedGenerator`` chooses each token under a mask; ``ServerGenerator`` gets the whole answer from
/// a server and holds it to the same grammar afterwards.
public protocol Generator: Sendable {
    /// What the model is.
    var summary: ModelDescription { get }

    /// Continues `prompt` with one document of `grammar`.
    ///
    /// - Parameters:
    ///   - prompt: what was asked.
    ///   - grammar: the texts that may come of it.
    ///   - form: what `grammar` was compiled from; two grammars with one form are the same. `{"schema": SCHEMA}` for a
    ///     value, `{"tools": [{"name", "arguments": SCHEMA}]}` for a call of one of them.
    ///   - request: whose answer it is.
    ///   - tokenLimit: how many tokens the answer may have, forced ones included.
    ///   - choices: fields of the answer whose options are weighed once it is written; see ``Generation/shares``. That costs
    ///     an evaluation each, and doesn't change the answer.
    /// - Returns: the answer in the grammar's spelling, and what it cost.
    /// - Throws: `ModelError` when the model fails or the prompt does not fit, `PlanningError` when the answer is longer
    ///   than `tokenLimit` or can't be accepted, `CancellationError` when the task is cancelled.
    func generate(
        _ prompt: Prompt, grammar: Grammar, form: JSONValue, request: RequestID, tokenLimit: Int,
        choices: [ClosedChoice]
    ) async throws -> Generation

    /// How many tokens `prompt` has.
    ///
    /// - Throws: `ModelError`.
    func tokenCount(of prompt: Prompt) async throws -> Int

    /// How many tokens `text` has as a piece of data.
    ///
    /// - Throws: `ModelError`.
    func tokenCount(of text: String) async throws -> Int

    /// How probable each of `texts` is after `prompt`; nil from a model that can't tell.
    ///
    /// - Throws: `ModelError`, `CancellationError`.
    func logLikelihoods(
        of texts: [String], after prompt: Prompt, for request: RequestID
    ) async throws -> Likelihoods?

    /// What the model makes of `prompt`; nil from one that can't tell.
    ///
    /// - Throws: `ModelError`, `CancellationError`.
    func embedding(of prompt: Prompt) async throws -> Embedding?
}

extension Generator {
    /// Continues `prompt` with one document of `grammar`; no options are weighed.
    ///
    /// - Throws: as the other one.
    public func generate(
        _ prompt: Prompt, grammar: Grammar, form: JSONValue, request: RequestID, tokenLimit: Int
    ) async throws -> Generation {
        try await generate(
            prompt, grammar: grammar, form: form, request: request, tokenLimit: tokenLimit, choices: [])
    }
}

extension Model {
    /// What asks this model.
    ///
    /// `memory`: where an answer is looked for before the model is asked, and kept afterwards. A server's answers are not
    /// kept, since nobody knows which weights stand behind its name tomorrow.
    func generator(
        sampling: SamplingOptions = SamplingOptions(), memory: (any AnswerMemory)? = nil
    ) -> any Generator {
        switch access {
        case .tokens(let model): ConstrainedGenerator(model: model, sampling: sampling, memory: memory)
        case .messages(let server): ServerGenerator(server: server, sampling: sampling)
        }
    }
}
