/// How probable a model finds some texts after a prompt.
public struct Likelihoods: Hashable, Sendable {
    /// The natural logarithm of each text's probability, 0 or less, in the order they were asked for.
    public let values: [Double]
    /// What it cost.
    public let evaluation: Evaluation

    /// Makes a record.
    public init(values: [Double], evaluation: Evaluation) {
        self.values = values
        self.evaluation = evaluation
    }
}
