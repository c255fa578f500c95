/// How a token is chosen among the allowed ones.
public struct SamplingOptions: Hashable, Sendable {
    /// 0 takes the most probable token; above 0 draws from the distribution, flatter as it grows.
    public var temperature: Double
    /// With the request's address and the position, decides every draw.
    public var seed: UInt64

    /// Makes options; the defaults are deterministic.
    public init(temperature: Double = 0, seed: UInt64 = 7) {
        self.temperature = temperature
        self.seed = seed
    }
}
