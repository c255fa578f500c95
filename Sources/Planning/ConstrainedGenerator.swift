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
        let tokens = try await prompt.tokens(for: model)
        var answer = Answer(matcher: GrammarMatcher(grammar: grammar, trie: model.trie))
        var drafts = try await answer.takeForced(by: model)
        try check(answer, request, tokenLimit)
        answer.usage.count(
            try await model.begin(tokens, opening: answer.takePending(), drafts: drafts, for: request))

        let started = clock.now
        var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
        var isSampled = false

        while !answer.matcher.isFinished {
            try Task.checkCancellation()
            answer.matcher.computeMask(&mask)
            if let only = mask.onlyAllowed {
                guard model.trie.vocabulary.kind(of: only) != .endOfGeneration else { break }
                try answer.take(only)
                answer.usage.forced += 1
            } else {
                let pending = answer.takePending()
                if !pending.isEmpty {
                    let evaluation = try await model.append(pending, drafts: drafts)
                    if isSampled, evaluation.reused > 0 { answer.usage.drafted += 1 }
                }
                let sampled = try await model.sample(mask, options: sampling)
                guard model.trie.vocabulary.kind(of: sampled.token) != .endOfGeneration else { break }
                let start = answer.matcher.output.count
                try answer.take(sampled.token)
                answer.usage.sampled += 1
                answer.choices.append(
                    Generation.Choice(
                        range: start..<answer.matcher.output.count, probability: Double(sampled.probability)))
                isSampled = true
            }
            drafts = try await answer.takeForced(by: model)
            try check(answer, request, tokenLimit)
        }
        if answer.matcher.limitMet != nil { answer.usage.narrowed = 1 }
        // The tokens behind the last choice need no evaluation, but a script is held to its last byte.
        let rest = answer.takePending()
        if let script = model as? ScriptedModel, !rest.isEmpty {
            _ = try await script.append(rest)
        }
        answer.usage.answerTime = started.duration(to: clock.now)
        return Generation(bytes: answer.matcher.output, choices: answer.choices, usage: answer.usage)
    }
}

extension ConstrainedGenerator {
    /// Refuses an answer that has reached the limit and isn't finished, or is beyond it.
    private func check(_ answer: Answer, _ request: RequestID, _ tokenLimit: Int) throws(PlanningError) {
        let isWithin =
            answer.tokens.count < tokenLimit
            || answer.tokens.count == tokenLimit && answer.matcher.isFinished
        guard !isWithin else { return }
        throw PlanningError(
            .answerTooLong,
            "Can't finish the answer of step `\(request.address)`: it reached the limit of \(tokenLimit) tokens.")
    }
}

/// An answer in the making.
private struct Answer {
    var matcher: GrammarMatcher
    var usage = TokenUsage()
    var choices: [Generation.Choice] = []
    private(set) var tokens: [TokenID] = []
    /// The last tokens, which the model hasn't seen.
    private var pending: [TokenID] = []

    init(matcher: GrammarMatcher) {
        self.matcher = matcher
    }

    mutating func take(_ token: TokenID) throws {
        try matcher.consume(token)
        tokens.append(token)
        pending.append(token)
    }

    /// Takes the tokens that the grammar fixes next, and returns those that may follow them.
    mutating func takeForced(by model: any LanguageModel) async throws -> [TokenID] {
        let run = try await matcher.forcedRun(after: tokens, trie: model.trie) { try await model.tokenize($0) }
        for token in run.certain { try take(token) }
        usage.forced += run.certain.count
        return run.drafts
    }

    mutating func takePending() -> [TokenID] {
        defer { pending.removeAll(keepingCapacity: true) }
        return pending
    }
}
