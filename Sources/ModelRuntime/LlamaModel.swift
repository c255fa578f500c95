public import Tokens

import Foundation

/// Weights run in this process by llama.cpp, on a thread of their own.
///
/// Loading maps the file; the pages come in as they are first used. The model is freed with the last
/// reference. Several sequences stay resident and share prefixes, so a prompt costs only what is new in it.
///
/// As many generations run at once as `ModelConfiguration.parallelLimit` says. An evaluation begins when all of them
/// wait for one, and takes what each of them wants in one batch, which costs much less than one after the other. What a
/// generation is told doesn't depend on the others but for rounding: kernels add up in another order for another number
/// of tokens, which changes logits in the third digit or so, and so a choice between near-equal tokens.
public actor LlamaModel: LanguageModel {
    /// What this model is and how it wants to be spoken to.
    public nonisolated let summary: ModelDescription
    /// The tokens a grammar may choose from.
    public nonisolated let trie: TokenTrie

    /// The seats that the current task has, by model; see ``exclusively(_:)``.
    @TaskLocal private static var seats: [ObjectIdentifier: Int] = [:]

    private nonisolated let executor: DedicatedThreadExecutor
    private nonisolated let turns: GenerationQueue
    private let engine: LlamaEngine
    /// The number of the latest seat.
    private var seatCount = 0
    /// Who waits for an evaluation, by seat.
    private var waiters: [Int: CheckedContinuation<Outcome, Never>] = [:]
    private var isEvaluating = false

    /// The thread that runs the weights.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Loads weights.
    ///
    /// `notice`: is told, in a sentence each, what the user should know and nothing fails of.
    /// - Throws: `missingWeights` when there is no file, `loadFailed` with llama.cpp's own words otherwise.
    public static func load(
        _ configuration: ModelConfiguration, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ModelError) -> LlamaModel {
        let operation = "load model `\(configuration.reportedName)`"
        guard FileManager.default.isReadableFile(atPath: configuration.path) else {
            throw ModelError(
                .missingWeights, operation, "there is no readable file at `\(configuration.path)`",
                fix: "Run `warrant model fetch \(configuration.reportedName)`.")
        }
        let executor = DedicatedThreadExecutor(name: "warrant-model")
        let loaded = try await EngineLoader(executor: executor).load(configuration, notice: notice)
        return LlamaModel(
            engine: loaded.engine, executor: executor, trie: loaded.trie, placeCount: configuration.placeCount,
            summary: ModelDescription(
                name: configuration.reportedName, sha256: configuration.sha256,
                contextTokenLimit: loaded.contextTokenLimit, dialect: .chatML,
                isDeterministic: configuration.isDeterministic))
    }

    private init(
        engine: sending LlamaEngine, executor: DedicatedThreadExecutor, trie: TokenTrie, placeCount: Int,
        summary: ModelDescription
    ) {
        turns = GenerationQueue(limit: placeCount)
        self.engine = engine
        self.executor = executor
        self.trie = trie
        self.summary = summary
    }

    /// See ``LanguageModel/tokenize(_:parsingSpecialTokens:)``.
    public func tokenize(
        _ bytes: [UInt8], parsingSpecialTokens: Bool
    ) async throws(ModelError) -> [TokenID] {
        try engine.tokenize(bytes, parsingSpecialTokens: parsingSpecialTokens).map { TokenID(rawValue: $0) }
    }

    /// See ``LanguageModel/tokenize(_:)``.
    public func tokenize(_ texts: [[UInt8]]) async throws(ModelError) -> [[TokenID]] {
        var all: [[TokenID]] = []
        for text in texts {
            all.append(try engine.tokenizeInner(text).map { TokenID(rawValue: $0) })
        }
        return all
    }

    /// See ``LanguageModel/begin(_:opening:drafts:for:)``.
    ///
    /// What has to be evaluated a second time, because a context was too small for all generations, isn't counted.
    public func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        let cancellation = CancellationFlag()
        let seat = seat
        try engine.begin(
            prompt.map(\.rawValue), opening: opening.map(\.rawValue), drafts: drafts.map(\.rawValue), for: request,
            seat: seat, cancellation: cancellation)
        return try await evaluation(seat, cancellation)
    }

    /// See ``LanguageModel/append(_:drafts:)``.
    public func append(
        _ tokens: [TokenID], drafts: [TokenID]
    ) async throws(ModelError) -> Evaluation {
        let cancellation = CancellationFlag()
        let seat = seat
        if let known = try engine.append(
            tokens.map(\.rawValue), drafts: drafts.map(\.rawValue), seat: seat, cancellation: cancellation)
        {
            return known
        }
        return try await evaluation(seat, cancellation)
    }

    /// See ``LanguageModel/sample(_:options:)``.
    public func sample(
        _ mask: TokenMask, options: SamplingOptions
    ) async throws(ModelError) -> SampledToken {
        try engine.sample(mask, options: options, seat: seat)
    }

    /// See ``LanguageModel/withLogits(_:)``.
    public func withLogits<R: Sendable>(
        _ body: @Sendable (inout MutableSpan<Float>) throws -> R
    ) async throws -> R {
        try engine.withLogits(seat: seat, body)
    }

    /// See ``LanguageModel/logLikelihoods(of:after:for:)``.
    public func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        let cancellation = CancellationFlag()
        let seat = seat
        try engine.score(
            continuations.map { $0.map(\.rawValue) }, after: prompt.map(\.rawValue), for: request, seat: seat,
            cancellation: cancellation)
        switch await outcome(seat, cancellation) {
        case .scored(let likelihoods): return likelihoods
        case .failed(let error): throw error
        case .evaluated, .embedded: preconditionFailure("Texts that are scored have scores.")
        }
    }

    /// See ``LanguageModel/embedding(of:)``.
    public func embedding(of prompt: [TokenID]) async throws(ModelError) -> Embedding? {
        let cancellation = CancellationFlag()
        let seat = seat
        try engine.embed(prompt.map(\.rawValue), seat: seat, cancellation: cancellation)
        switch await outcome(seat, cancellation) {
        case .embedded(let embedding): return embedding
        case .failed(let error): throw error
        case .evaluated, .scored: preconditionFailure("A text that is embedded has an embedding.")
        }
    }

    /// Runs `body` with a sequence of its own, while at most `ModelConfiguration.parallelLimit` callers do; others wait
    /// in order of arrival. Evaluations wait for all callers that run, so `body` should do little else.
    ///
    /// - Throws: `ModelError.cancelled` when the task is cancelled while it waits, else what `body` throws.
    public nonisolated func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await turns.run {
            let seat = await enter()
            var seats = Self.seats
            seats[ObjectIdentifier(self)] = seat
            do {
                let result = try await Self.$seats.withValue(seats) { try await body() }
                await leave(seat)
                return result
            } catch {
                await leave(seat)
                throw error
            }
        }
    }
}

extension LlamaModel {
    /// How much of the context is in use, and by how many.
    package struct Occupancy: Hashable, Sendable {
        /// Tokens that sequences hold; a shared one counts once.
        package let cells: Int
        /// Generations that have a sequence.
        package let generations: Int
        /// Sequences that hold something, those of finished generations too.
        package let sequences: Int
    }

    /// What the context holds now.
    package var occupancy: Occupancy {
        Occupancy(
            cells: engine.cells.capacity - engine.cells.freeCount, generations: engine.seats.count - 1,
            sequences: engine.slots.count { !$0.cells.isEmpty })
    }

    /// Empties the sequences of finished generations, and tells what the context holds then: nothing once all generations
    /// have ended.
    package func dropFinished() -> Occupancy {
        while engine.dropFreeSlot() {}
        return occupancy
    }

    /// The current task's seat; 0 outside of a turn.
    private var seat: Int { Self.seats[ObjectIdentifier(self)] ?? 0 }

    private func enter() -> Int {
        seatCount += 1
        engine.enter(seatCount)
        return seatCount
    }

    private func leave(_ seat: Int) {
        engine.leave(seat)
        evaluateIfAllWait()
    }

    private func evaluation(
        _ seat: Int, _ cancellation: CancellationFlag
    ) async throws(ModelError) -> Evaluation {
        switch await outcome(seat, cancellation) {
        case .evaluated(let evaluation): return evaluation
        case .failed(let error): throw error
        case .scored, .embedded: preconditionFailure("Only what is asked for is scored or embedded.")
        }
    }

    /// Waits for what a seat has to have evaluated.
    private func outcome(_ seat: Int, _ cancellation: CancellationFlag) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                precondition(
                    waiters[seat] == nil, "Callers that share a model wrap each generation in `exclusively`.")
                waiters[seat] = continuation
                evaluateIfAllWait()
            }
        } onCancel: {
            cancellation.set()
        }
    }

    /// Whether all generations wait. Logits of the last batch are needed until then.
    private var allWait: Bool {
        !waiters.isEmpty && engine.seats.keys.allSatisfy { $0 == 0 || waiters[$0] != nil }
    }

    private func evaluateIfAllWait() {
        guard allWait, !isEvaluating else { return }
        isEvaluating = true
        // Works for all that wait, so it's no part of any one's task. It ends as soon as one of them goes on.
        Task { await self.evaluate() }
    }

    private func evaluate() async {
        while allWait {
            for (seat, outcome) in engine.step() {
                waiters.removeValue(forKey: seat)?.resume(returning: outcome)
            }
            // Lets in who has just come.
            await Task.yield()
        }
        isEvaluating = false
    }
}

/// Makes the engine on the thread that will use it: mapping a file and reading its vocabulary block.
private actor EngineLoader {
    struct Loaded: ~Copyable {
        let engine: LlamaEngine
        let trie: TokenTrie
        let contextTokenLimit: Int
    }

    nonisolated let executor: DedicatedThreadExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(executor: DedicatedThreadExecutor) { self.executor = executor }

    func load(
        _ configuration: ModelConfiguration, notice: @escaping @Sendable (String) -> Void
    ) throws(ModelError) -> sending Loaded {
        let engine = try LlamaEngine(configuration, notice: notice)
        return Loaded(engine: engine, trie: engine.trie, contextTokenLimit: engine.contextTokenLimit)
    }
}
