public import ConstrainedDecoding
public import JSONSchemas
public import ModelRuntime
import Tokens

/// Produces one answer under a grammar: forced bytes are appended without sampling, the rest is sampled from masked logits.
public struct ConstrainedGenerator: Generator {
    let model: any LanguageModel
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

    /// See ``Generator/generate(_:grammar:form:request:tokenLimit:choices:)``.
    public func generate(
        _ prompt: Prompt, grammar: Grammar, form: JSONValue, request: RequestID, tokenLimit: Int,
        choices: [ClosedChoice]
    ) async throws -> Generation {
        let key = AnswerKey(
            prompt, form: ClosedChoice.form(form, choices), model: model.summary, sampling: sampling, request: request,
            tokenLimit: tokenLimit)
        if let memory, let key, let known = await memory.recall(key.text),
            let generation = Generation(memoryText: known, grammar: grammar, trie: model.trie, choices: choices)
        {
            return generation
        }
        let generation = try await model.exclusively {
            try await answer(prompt, grammar: grammar, request: request, tokenLimit: tokenLimit, choices: choices)
        }
        if let memory, let key { await memory.remember(generation.memoryText, for: key.text) }
        return generation
    }

    private func answer(
        _ prompt: Prompt, grammar: Grammar, request: RequestID, tokenLimit: Int, choices: [ClosedChoice]
    ) async throws -> Generation {
        let clock = ContinuousClock()
        let (tokens, fixedCount, texts) = try await prompt.tokenized(for: model)
        var request = request
        request.fixedTokenCount = fixedCount
        var answer = Answer(
            matcher: GrammarMatcher(grammar: grammar, trie: model.trie),
            copies: request.copiesData ? CopyDrafts(texts) : nil)
        var drafts = try await answer.takeForced(by: model)
        try check(answer, request, tokenLimit, since: clock.now)
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
            try check(answer, request, tokenLimit, since: started)
        }
        if answer.matcher.limitMet != nil { answer.usage.narrowed = 1 }
        // The tokens behind the last choice need no evaluation, but a script is held to its last byte.
        let rest = answer.takePending()
        if let script = model as? ScriptedModel, !rest.isEmpty {
            _ = try await script.append(rest)
        }
        answer.usage.answerTime = started.duration(to: clock.now)
        var shares: [String: ChoiceShares] = [:]
        if !choices.isEmpty {
            let scorer = ChoiceScorer(
                model: model, prompt: tokens, answer: answer.tokens, bytes: answer.matcher.output, request: request)
            shares = try await scorer.shares(of: choices, usage: &answer.usage) ?? [:]
        }
        return Generation(
            bytes: answer.matcher.output, choices: answer.choices, usage: answer.usage, shares: shares)
    }
}

extension ConstrainedGenerator {
    /// Refuses an answer that has reached the limit and isn't finished, or is beyond it.
    private func check(
        _ answer: Answer, _ request: RequestID, _ tokenLimit: Int, since start: ContinuousClock.Instant
    ) throws(PlanningError) {
        let isWithin =
            answer.tokens.count < tokenLimit
            || answer.tokens.count == tokenLimit && answer.matcher.isFinished
        guard !isWithin else { return }
        var usage = answer.usage
        usage.answerTime = start.duration(to: .now)
        throw PlanningError.answerTooLong(
            request.address, limit: tokenLimit, usage: usage, written: answer.matcher.output)
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
    private let copies: CopyDrafts?

    init(matcher: GrammarMatcher, copies: CopyDrafts?) {
        self.matcher = matcher
        self.copies = copies
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
        return run.drafts.isEmpty ? copied() : run.drafts
    }

    /// What follows in the text that is being copied, as far as the grammar lets it.
    private func copied() -> [TokenID] {
        var trial = matcher
        return copies?.next(after: tokens) { (try? trial.consume($0)) != nil } ?? []
    }

    mutating func takePending() -> [TokenID] {
        defer { pending.removeAll(keepingCapacity: true) }
        return pending
    }
}
