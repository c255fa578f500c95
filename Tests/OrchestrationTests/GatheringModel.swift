import JSONSchemas
import ModelRuntime
import Synchronization
import Tokens

/// A script that is played to many generations at a time, which wait for each other at their start.
///
/// As long as fewer than `gathering` came, all wait; then they go on, and those that come later don't wait.
final class GatheringModel: LanguageModel {
    private struct State {
        var inside = 0
        var mostInside = 0
        var isOpen = false
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var comers: [CheckedContinuation<Void, Never>] = []
        var count = 0
        var asked: [String] = []
    }

    @TaskLocal private static var own: ScriptedModel?

    private let values: [(step: String, value: JSONValue)]
    private let gathering: Int
    private let hasCache: Bool
    private let likelihood: (@Sendable (String) -> Double)?
    private let embedding: (@Sendable (String) -> [Float])?
    private let state = Mutex(State())
    let summary: ModelDescription
    let trie: TokenTrie

    /// `hasCache`: prompts are resident as long as generations come one by one, and never when they come side by side.
    /// `likelihood`: the log likelihood of a text, where this model can tell.
    /// `embedding`: what it makes of a text, where it can tell.
    /// `sha256`: what its weights are known by; answers of unknown ones are not kept.
    /// `name`, `context`: what it is called, and how many tokens it takes; a script's where nil.
    init(
        _ values: [(step: String, value: JSONValue)], gathering: Int = 1, hasCache: Bool = false,
        likelihood: (@Sendable (String) -> Double)? = nil, embedding: (@Sendable (String) -> [Float])? = nil,
        sha256: String? = nil, name: String? = nil,
        context: Int? = nil
    ) {
        self.values = values
        self.gathering = gathering
        self.hasCache = hasCache
        self.likelihood = likelihood
        self.embedding = embedding
        let script = ScriptedModel(values)
        summary = ModelDescription(
            name: name ?? script.summary.name, sha256: sha256,
            contextTokenLimit: context ?? script.summary.contextTokenLimit, dialect: script.summary.dialect)
        trie = script.trie
    }

    /// The most generations that there were at a time.
    var mostInside: Int { state.withLock { $0.mostInside } }

    /// The addresses that were asked, in the order of their beginning.
    var asked: [String] { state.withLock { $0.asked } }

    /// Returns when all that are waited for are there, or all but those that never come.
    func waitFor(_ count: Int) async {
        while state.withLock({ $0.inside < count }) {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.inside >= count { return true }
                    state.comers.append(continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await enter()
        defer { state.withLock { $0.inside -= 1 } }
        return try await Self.$own.withValue(ScriptedModel(values)) { try await body() }
    }

    private func enter() async throws {
        let number = state.withLock { state in
            state.inside += 1
            state.mostInside = max(state.mostInside, state.inside)
            state.count += 1
            return state.count
        }
        do {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let (released, comers) = state.withLock { state in
                        state.waiters[number] = continuation
                        state.isOpen = state.isOpen || state.inside >= gathering
                        var released: [CheckedContinuation<Void, any Error>] = []
                        if state.isOpen || Task.isCancelled {
                            released = state.waiters.sorted { $0.key < $1.key }.map(\.value)
                            state.waiters = [:]
                        }
                        defer { state.comers = [] }
                        return (released, state.comers)
                    }
                    for waiter in released { waiter.resume() }
                    for comer in comers { comer.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
            }
            try Task.checkCancellation()
        } catch {
            state.withLock { $0.inside -= 1 }
            throw error
        }
    }

    private var script: ScriptedModel {
        guard let own = Self.own else { preconditionFailure("A generation has its script.") }
        return own
    }

    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID] {
        bytes.map { TokenID(rawValue: Int32($0)) }
    }

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        state.withLock { $0.asked.append(request.address) }
        let found = try await script.begin(prompt, opening: opening, drafts: drafts, for: request)
        guard hasCache, mostInside == 1 else { return found }
        return Evaluation(evaluated: 1, reused: found.evaluated + found.reused - 1, duration: .zero)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        try await script.append(tokens, drafts: drafts)
    }

    func sample(_ mask: TokenMask, options: SamplingOptions) async throws(ModelError) -> SampledToken {
        try await script.sample(mask, options: options)
    }

    func withLogits<R: Sendable>(_ body: @Sendable (inout MutableSpan<Float>) throws -> R) async throws -> R {
        try await script.withLogits(body)
    }

    func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        guard let likelihood else { return nil }
        let values = continuations.map { tokens in
            likelihood(String(decoding: tokens.map { UInt8(truncatingIfNeeded: $0.rawValue) }, as: UTF8.self))
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
}
