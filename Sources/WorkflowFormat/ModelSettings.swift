/// Which model a workflow uses and how it samples.
public struct ModelSettings: Hashable, Sendable {
    /// The model's name; `default` unless the run says otherwise.
    public let use: String
    /// The sampling temperature; 0 takes the likeliest token.
    public let temperature: Double
    /// The seed of the random numbers.
    public let seed: UInt64
    /// The context size in tokens; the model's own where it is `nil`.
    public let context: Int?
    /// Smaller weights that a reading may ask before the model; `nil` where there are none.
    public let first: String?
    /// Bytes that the weights in this process and their caches may take together; `nil` for no limit.
    public let memoryByteCount: Int?

    /// Settings.
    public init(
        use: String = "default", temperature: Double = 0, seed: UInt64 = 7, context: Int? = nil, first: String? = nil,
        memoryByteCount: Int? = nil
    ) {
        self.use = use
        self.temperature = temperature
        self.seed = seed
        self.context = context
        self.first = first
        self.memoryByteCount = memoryByteCount
    }

    /// ``memoryByteCount`` as a workflow would say it, such as `4GiB`.
    public var memoryText: String? { memoryByteCount.map(ByteCountParser.text) }
}
