public import ConstrainedDecoding
public import JSONSchemas
public import ModelRuntime
import Tokens

/// Produces one answer under a grammar: forced bytes are appended without sampling, the rest is sampled from masked logits.
public struct ConstrainedGenerator: Sendable {
    private let model: any LanguageModel
    private let sampling: SamplingOptions
    private let memory: (any AnswerMemory)?

    /// A generator on `model`.
    ///
    /// `memory`: where an answer is looked for before the model is asked, and kept afterwards.
    public init(model: any LanguageModel, sampling: SamplingOptions, memory: (any AnswerMemory)? = nil) {
        self.model = model
        self.sampling = sampling
        self.memory = memory
    }

    /// Continues `prompt` with one document of `grammar`.
    ///
    /// `form`: what `grammar` was compiled from; two grammars with one form are the same.
    /// `tokenLimit`: how many tokens the answer may have, forced ones included.
    /// - Throws: `ModelError` when the model fails or the prompt does not fit, `PlanningError` when the answer is longer
    ///   than `tokenLimit`, `CancellationError` when the task is cancelled.
    public func generate(
        _ prompt: Prompt, grammar: Grammar, form: JSONValue, request: RequestID, tokenLimit: Int
    ) async throws -> Generation {
        let key = AnswerKey(
            prompt, form: form, model: model.summary, sampling: sampling, request: request, tokenLimit: tokenLimit)
        if let memory, let key, let known = await memory.recall(key.text),
            let generation = Generation(memoryText: known, grammar: grammar, trie: model.trie)
        {
            return generation
        }
        let generation = try await model.exclusively {
            try await answer(prompt, grammar: grammar, request: request, tokenLimit: tokenLimit)
        }
        if let memory, let key { await memory.remember(generation.memoryText, for: key.text) }
        return generation
    }

    private func answer(
        _ prompt: Prompt, grammar: Grammar, request: RequestID, tokenLimit: Int
    ) async throws -> Generation {
        let clock = ContinuousClock()
        var usage = TokenUsage()
        let tokens = try await prompt.tokens(for: model)
        var matcher = GrammarMatcher(grammar: grammar, trie: model.trie)
        let opening = try await forcedTokens(&matcher)
        usage.forced = opening.count
        usage.count(try await model.begin(tokens, opening: opening, for: request))

        let started = clock.now
        var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
        var pending: [TokenID] = []
        var choices: [Generation.Choice] = []

        while !matcher.isFinished {
            try Task.checkCancellation()
            guard usage.forced + usage.sampled < tokenLimit else {
                throw PlanningError(
                    .answerTooLong,
                    "Can't finish the answer of step `\(request.address)`: it reached the limit of \(tokenLimit) tokens."
                )
            }
            let forced = try await forcedTokens(&matcher)
            if !forced.isEmpty {
                usage.forced += forced.count
                pending += forced
                continue
            }
            matcher.computeMask(&mask)
            if let only = mask.onlyAllowed {
                guard model.trie.vocabulary.kind(of: only) != .endOfGeneration else { break }
                try matcher.consume(only)
                usage.forced += 1
                pending.append(only)
                continue
            }
            if !pending.isEmpty {
                _ = try await model.append(pending)
                pending.removeAll(keepingCapacity: true)
            }
            let sampled = try await model.sample(mask, options: sampling)
            guard model.trie.vocabulary.kind(of: sampled.token) != .endOfGeneration else { break }
            let start = matcher.output.count
            try matcher.consume(sampled.token)
            usage.sampled += 1
            choices.append(
                Generation.Choice(range: start..<matcher.output.count, probability: Double(sampled.probability)))
            pending.append(sampled.token)
        }
        // The tokens behind the last choice need no evaluation, but a script is held to its last byte.
        if let script = model as? ScriptedModel, !pending.isEmpty {
            _ = try await script.append(pending)
        }
        usage.answerTime = started.duration(to: clock.now)
        return Generation(bytes: matcher.output, choices: choices, usage: usage)
    }

    /// Consumes the tokens of the bytes that every valid continuation starts with.
    ///
    /// The last token is held back while more may follow: the tokenization of the whole text could merge it with what
    /// comes next, and a token the model would never have seen there misleads it (llguidance, `docs/fast_forward.md`).
    private func forcedTokens(_ matcher: inout GrammarMatcher) async throws -> [TokenID] {
        let bytes = matcher.forcedBytes()
        guard bytes.count > 1 else { return [] }
        var tokens = try await model.tokenize(bytes, parsingSpecialTokens: false)
        var probe = matcher
        try probe.consume(bytes: bytes)
        if !probe.isFinished {
            tokens.removeLast()
        }
        for token in tokens {
            try matcher.consume(token)
        }
        return tokens
    }
}
