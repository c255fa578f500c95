public import Provenance

/// How votes are spread over the options of a closed choice.
public struct OptionVotes: Hashable, Sendable {
    /// Each option's votes, 0...1, adding up to at most 1, in the options' order; empty where nobody voted.
    public let shares: [Double]
    /// What they count beside the model where they add up to 1, 0...1; 0 where nobody voted.
    public let weight: Double
    /// Where they came from.
    public let label: Label

    /// Votes; `counts` has each option's, in the options' order.
    public init(counts: [Double], weight: Double, label: Label) {
        let sum = counts.reduce(0, +)
        let isCast = sum > 0 && sum.isFinite && counts.allSatisfy { $0 >= 0 }
        shares = isCast ? counts.map { $0 / max(1, sum) } : []
        self.weight = isCast ? weight : 0
        self.label = label
    }
}
