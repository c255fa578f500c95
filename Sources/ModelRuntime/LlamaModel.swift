public import Tokens

import Foundation

/// Weights run in this process by llama.cpp, on a thread of their own.
///
/// Loading maps the file; the pages come in as they are first used. The model is freed with the last
/// reference. Several sequences stay resident and share prefixes, so a prompt costs only what is new in it.
public actor LlamaModel: LanguageModel {
    /// What this model is and how it wants to be spoken to.
    public nonisolated let summary: ModelDescription
    /// The tokens a grammar may choose from.
    public nonisolated let trie: TokenTrie

    private nonisolated let executor: DedicatedThreadExecutor
    private nonisolated let turns = GenerationQueue()
    private let engine: LlamaEngine

    /// The thread that runs the weights.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Loads weights.
    ///
    /// - Throws: `missingWeights` when there is no file, `loadFailed` with llama.cpp's own words otherwise.
    public static func load(_ configuration: ModelConfiguration) async throws(ModelError) -> LlamaModel {
        let operation = "load model `\(configuration.reportedName)`"
        guard FileManager.default.isReadableFile(atPath: configuration.path) else {
            throw ModelError(
                .missingWeights, operation, "there is no readable file at `\(configuration.path)`",
                fix: "Run `warrant model fetch \(configuration.reportedName)`.")
        }
        let executor = DedicatedThreadExecutor(name: "warrant-model")
        let loaded = try await EngineLoader(executor: executor).load(configuration)
        return LlamaModel(
            engine: loaded.engine, executor: executor, trie: loaded.trie,
            summary: ModelDescription(
                name: configuration.reportedName, sha256: configuration.sha256,
                contextTokenLimit: loaded.contextTokenLimit, dialect: .chatML))
    }

    private init(
        engine: sending LlamaEngine, executor: DedicatedThreadExecutor, trie: TokenTrie,
        summary: ModelDescription
    ) {
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
    public func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        try engine.begin(
            prompt.map(\.rawValue), opening: opening.map(\.rawValue), drafts: drafts.map(\.rawValue), for: request)
    }

    /// See ``LanguageModel/append(_:drafts:)``.
    public func append(
        _ tokens: [TokenID], drafts: [TokenID]
    ) async throws(ModelError) -> Evaluation {
        try engine.append(tokens.map(\.rawValue), drafts: drafts.map(\.rawValue))
    }

    /// See ``LanguageModel/sample(_:options:)``.
    public func sample(
        _ mask: TokenMask, options: SamplingOptions
    ) async throws(ModelError) -> SampledToken {
        try engine.sample(mask, options: options)
    }

    /// See ``LanguageModel/withLogits(_:)``.
    public func withLogits<R: Sendable>(
        _ body: @Sendable (inout MutableSpan<Float>) throws -> R
    ) async throws -> R {
        try engine.withLogits(body)
    }

    /// See ``LanguageModel/logLikelihoods(of:after:for:)``.
    public func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        try engine.logLikelihoods(
            of: continuations.map { $0.map(\.rawValue) }, after: prompt.map(\.rawValue), for: request)
    }

    /// See ``LanguageModel/exclusively(_:)``.
    public nonisolated func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await turns.run(body)
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

    func load(_ configuration: ModelConfiguration) throws(ModelError) -> sending Loaded {
        let engine = try LlamaEngine(configuration)
        let trie = TokenTrie(engine.vocabulary)
        return Loaded(engine: engine, trie: trie, contextTokenLimit: engine.contextTokenLimit)
    }
}
