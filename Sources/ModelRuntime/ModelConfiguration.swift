import Foundation

/// Which weights to load, and with how much of the machine.
public struct ModelConfiguration: Hashable, Sendable {
    /// The GGUF file.
    public var path: String
    /// The name to report; the file's name without its extension when nil.
    public var name: String?
    /// The SHA-256 to report, when the caller has checked it.
    public var sha256: String?
    /// Tokens that all resident sequences share. Nil means 8,192, or what the weights were trained for when
    /// that is less.
    public var contextTokenLimit: Int?
    /// Threads for evaluation; nil means one for each core.
    public var threads: Int?
    /// Tokens in one evaluation. Cancellation is noticed between batches, and beyond 128 tokens a batch is
    /// no faster on a CPU.
    public var batchTokenLimit: Int
    /// How many sequences stay resident, at least.
    public var sequenceLimit: Int
    /// How many generations may be evaluated in one batch.
    public var parallelLimit: Int
    /// Whether the same requests give the same bits, whatever was evaluated before. Generations then run one at a time,
    /// and prompts are evaluated in blocks of a fixed shape and place; see ``fixedBlockTokenCount``.
    public var isDeterministic: Bool
    /// How llama.cpp computes.
    public var settings: ContextSettings
    /// Where the states of fixed prompt starts are kept; nowhere when nil, or when ``sha256`` is.
    public var prefixCache: PrefixCacheOptions?

    /// Tokens of a context unless the caller says otherwise, or the weights were trained for fewer.
    public static let defaultContextTokenLimit = 8_192

    /// Tokens of a block where ``isDeterministic`` holds. Smaller ones are slower, and of a prompt whose start is known
    /// less than a block is evaluated again.
    public static let fixedBlockTokenCount = 64

    /// Makes a configuration.
    public init(
        path: String, name: String? = nil, sha256: String? = nil, contextTokenLimit: Int? = nil,
        threads: Int? = nil, batchTokenLimit: Int = 256, sequenceLimit: Int = 4, parallelLimit: Int = 16,
        isDeterministic: Bool = false, settings: ContextSettings = ContextSettings(),
        prefixCache: PrefixCacheOptions? = nil
    ) {
        self.path = path
        self.name = name
        self.sha256 = sha256
        self.contextTokenLimit = contextTokenLimit
        self.threads = threads
        self.batchTokenLimit = batchTokenLimit
        self.sequenceLimit = sequenceLimit
        self.parallelLimit = parallelLimit
        self.isDeterministic = isDeterministic
        self.settings = settings
        self.prefixCache = prefixCache
    }

    var reportedName: String {
        name ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    /// How many generations run at a time.
    var placeCount: Int { isDeterministic ? 1 : max(1, parallelLimit) }
}
