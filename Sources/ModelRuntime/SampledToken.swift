public import Tokens

/// A chosen token.
public struct SampledToken: Hashable, Sendable {
    /// The token.
    public let token: TokenID
    /// Its share among the allowed tokens at temperature 1, from 0 to 1. It is 1 where there was no choice.
    public let probability: Float

    /// Makes a record.
    public init(token: TokenID, probability: Float) {
        self.token = token
        self.probability = probability
    }
}
