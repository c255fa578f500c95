/// How llama.cpp computes: what costs time or memory without changing what is asked.
///
/// The defaults are the fastest ones found by `warrant-bench context-settings` on two cores without a GPU.
public struct ContextSettings: Hashable, Sendable {
    /// How the cache holds keys and values.
    public enum CacheType: String, Hashable, Sendable, CaseIterable {
        /// Half precision.
        case f16
        /// The upper half of single precision.
        case bf16
        /// Eight bits with a scale for each 32 of them; for values only together with flash attention.
        case q8 = "q8_0"
    }

    /// Tokens that are computed at once, at least 1; a batch of more is cut into parts. Nil means a whole batch.
    public var microBatchTokenLimit: Int?
    /// Whether attention is one fused kernel.
    public var usesFlashAttention: Bool
    /// How keys are cached.
    public var keyType: CacheType
    /// How values are cached.
    public var valueType: CacheType
    /// Whether weights are copied into the layout that the processor's kernels like best. Costs time and memory at load.
    public var repacksWeights: Bool

    /// Makes settings.
    public init(
        microBatchTokenLimit: Int? = nil, usesFlashAttention: Bool = false, keyType: CacheType = .f16,
        valueType: CacheType = .f16, repacksWeights: Bool = true
    ) {
        self.microBatchTokenLimit = microBatchTokenLimit
        self.usesFlashAttention = usesFlashAttention
        self.keyType = keyType
        self.valueType = valueType
        self.repacksWeights = repacksWeights
    }
}
