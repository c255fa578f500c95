import Foundation

/// What weights in this process take of its memory: the weights once, as many bytes as their files have, and the cache of
/// keys and values.
///
/// What an evaluation needs for itself comes on top, at most 300 MB for the weights of the catalog; `warrant-bench
/// cold-start` measures it.
public struct ModelFootprint: Hashable, Sendable {
    /// The name to report.
    public let name: String
    /// Bytes of the file, or of all files that the weights were split into.
    public let weightByteCount: Int
    /// Tokens that the cache holds.
    public let contextTokenCount: Int
    /// Bytes of the cache.
    public let cacheByteCount: Int

    /// Both together.
    public var byteCount: Int { weightByteCount + cacheByteCount }

    /// llama.cpp makes contexts in steps of so many tokens.
    private static let contextStep = 256

    /// Reads what is needed from the file's metadata, without loading the weights: about a quarter of a second.
    ///
    /// - Throws: `missingWeights` when there is no file, `loadFailed` for a file that llama.cpp doesn't take, that doesn't
    ///   say how large its cache is, or that is one of several whose sizes can't be told.
    public init(_ configuration: ModelConfiguration) throws(ModelError) {
        let operation = "weigh model `\(configuration.reportedName)`"
        guard let stamp = FileStamp(path: configuration.path) else {
            throw ModelError(
                .missingWeights, operation, "there is no readable file at `\(configuration.path)`",
                fix: "Run `warrant model fetch \(configuration.reportedName)`.")
        }
        LlamaBackend.ensureStarted()
        LlamaBackend.clearErrors()
        guard let model = ModelHandle(path: configuration.path, isVocabularyOnly: true) else {
            throw ModelError(.loadFailed, operation, LlamaBackend.errors ?? "llama.cpp gave no reason")
        }
        let prefix = (model.metadata("general.architecture") ?? "") + "."
        guard let layers = model.number(prefix + "block_count"),
            let heads = model.number(prefix + "attention.head_count"), heads > 0,
            let width = model.number(prefix + "embedding_length"),
            let trained = model.number(prefix + "context_length")
        else {
            throw ModelError(.loadFailed, operation, "its file doesn't say how large its cache is")
        }
        // Files that have no numbers of their own for keys and values mean the same as for the rest.
        let cached = model.number(prefix + "attention.head_count_kv") ?? heads
        let keyWidth = model.number(prefix + "attention.key_length") ?? width / heads
        let valueWidth = model.number(prefix + "attention.value_length") ?? width / heads
        // Loading refuses more than the weights were trained for.
        let asked = min(configuration.contextTokenLimit ?? ModelConfiguration.defaultContextTokenLimit, trained)
        let tokens = (asked + Self.contextStep - 1) / Self.contextStep * Self.contextStep
        let settings = configuration.settings
        let bytes = layers.multipliedReportingOverflow(
            by: cached * (settings.keyType.byteCount(of: keyWidth) + settings.valueType.byteCount(of: valueWidth)))
        let all = bytes.partialValue.multipliedReportingOverflow(by: tokens)
        guard !bytes.overflow, !all.overflow else {
            throw ModelError(.loadFailed, operation, "its file asks for a cache of no possible size")
        }
        let fileCount = model.number("split.count") ?? 0
        guard let weights = fileCount > 1 ? Self.byteCount(of: configuration.path, fileCount) : stamp.byteCount else {
            throw ModelError(
                .loadFailed, operation, "it is one of \(fileCount) files, and how large the others are can't be told")
        }
        name = configuration.reportedName
        weightByteCount = weights
        contextTokenCount = tokens
        cacheByteCount = all.partialValue
    }

    /// Bytes of all files of split weights, which llama.cpp finds by the name of the first; nil where one can't be found.
    private static func byteCount(of path: String, _ count: Int) -> Int? {
        func ending(_ number: Int) -> String { String(format: "-%05d-of-%05d.gguf", number, count) }
        guard path.hasSuffix(ending(1)) else { return nil }
        let start = String(path.dropLast(ending(1).count))
        var sum = 0
        for number in 1...count {
            guard let stamp = FileStamp(path: start + ending(number)) else { return nil }
            sum += stamp.byteCount
        }
        return sum
    }
}

extension ContextSettings.CacheType {
    /// Bytes of so many numbers.
    fileprivate func byteCount(of count: Int) -> Int {
        switch self {
        case .f16, .bf16: 2 * count
        // 32 numbers of a byte each and a scale of two.
        case .q8: (count + 31) / 32 * 34
        }
    }
}
