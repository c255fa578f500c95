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
    /// How many sequences stay resident.
    public var sequenceLimit: Int

    /// Makes a configuration.
    public init(
        path: String, name: String? = nil, sha256: String? = nil, contextTokenLimit: Int? = nil,
        threads: Int? = nil, batchTokenLimit: Int = 256, sequenceLimit: Int = 4
    ) {
        self.path = path
        self.name = name
        self.sha256 = sha256
        self.contextTokenLimit = contextTokenLimit
        self.threads = threads
        self.batchTokenLimit = batchTokenLimit
        self.sequenceLimit = sequenceLimit
    }

    var reportedName: String {
        name ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}
