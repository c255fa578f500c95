/// A finished answer under a grammar.
public struct Generation: Hashable, Sendable {
    /// A run of answer bytes that one sampled token wrote.
    public struct Choice: Hashable, Sendable {
        /// Where in `bytes` the token lies.
        public let range: Range<Int>
        /// Its probability among the tokens the grammar allowed, 0...1.
        public let probability: Double
    }

    /// The answer, complete under its grammar.
    public let bytes: [UInt8]
    /// The sampled tokens; what lies between them was forced.
    public let choices: [Choice]
    /// What it cost.
    public let usage: TokenUsage
    /// Who wrote it, where that isn't the weights in this process. Nothing is known of the probabilities then.
    public var answerer: Answerer?
    /// How probable the options of closed choices were, by JSON pointer, where that was asked for and the model can tell.
    public var shares: [String: ChoiceShares] = [:]

    /// The product of the probabilities of all choices that touch `range`: 1 where everything there was forced.
    public func probability(of range: Range<Int>) -> Double {
        choices.reduce(1) { $1.range.overlaps(range) ? $0 * $1.probability : $0 }
    }
}
