public import JSONSchemas
public import Provenance

/// The typed answer to a `ReadRequest`.
public struct ReadAnswer: Sendable {
    /// The answer; it validates against the request's schema.
    public let value: JSONValue
    /// How sure the model was of each scalar in the answer, by JSON pointer, 0...1; empty where a server answered.
    public let confidence: [String: Double]
    /// The join of the labels of everything the model saw.
    public let label: Label
    /// What it cost.
    public internal(set) var usage: TokenUsage
    /// The prompts, one a chunk.
    public let prompts: [Prompt]
    /// Who wrote it, where that isn't the weights in this process.
    public var answerer: Answerer?
    /// What was weighed, in a choice by likelihood.
    public var shares: [Share] = []
    /// How probable the options of closed choices were, by JSON pointer, where the question asked for that.
    public var fieldShares: [String: ChoiceShares] = [:]
    /// The pieces that a text was read in, in order; empty where it was read as a whole.
    public var chunks: [String] = []

    /// One option's share of belief.
    public struct Share: Hashable, Sendable {
        /// What stands in the answer for it.
        public let option: String
        /// Its text.
        public let text: String
        /// 0...1; all shares add up to 1.
        public let share: Double
    }
}
