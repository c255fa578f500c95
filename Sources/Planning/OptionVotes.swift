/// What examples say of a text, spread over the options of a closed choice.
public struct OptionVotes: Hashable, Sendable {
    /// Each option's votes, 0...1, adding up to 1, in the options' order; empty where there are none.
    public let shares: [Double]
    /// What they count beside the model, 0...1; 0 where there are none.
    public let weight: Double

    /// Votes; `counts` has each option's, in the options' order.
    public init(counts: [Double], weight: Double) {
        let sum = counts.reduce(0, +)
        let isCast = sum > 0 && sum.isFinite && counts.allSatisfy { $0 >= 0 }
        shares = isCast ? counts.map { $0 / sum } : []
        self.weight = isCast ? weight : 0
    }
}
