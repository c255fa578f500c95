public import JSONSchemas
public import Provenance

/// The typed answer to a `ReadRequest`.
public struct ReadAnswer: Sendable {
    /// The answer; it validates against the request's schema.
    public let value: JSONValue
    /// How sure the model was of each scalar in the answer, by JSON pointer, 0...1.
    public let confidence: [String: Double]
    /// The join of the labels of everything the model saw.
    public let label: Label
    /// What it cost.
    public let usage: TokenUsage
    /// The prompts, one a chunk.
    public let prompts: [Prompt]
}
