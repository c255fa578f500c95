/// What a model makes of a text: the hidden state behind its last token.
public struct Embedding: Hashable, Sendable {
    /// As many numbers as the weights are wide, the same for every text.
    public let values: [Float]
    /// What it cost.
    public let evaluation: Evaluation

    /// Makes a record.
    public init(values: [Float], evaluation: Evaluation) {
        self.values = values
        self.evaluation = evaluation
    }
}
