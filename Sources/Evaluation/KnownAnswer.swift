package import WorkflowFormat

/// The shares of a closed choice's options in an answer, and which option is right.
package struct KnownAnswer: Hashable, Sendable {
    /// The item that it is about.
    package let id: String
    /// Each option's share, as the model has it, with the votes that were counted beside it, adding up to 1.
    package let shares: [Double]
    /// The place of the option that the model took.
    package let taken: Int
    /// The place of the option that is right; nil where it is none of them.
    package let right: Int?

    /// An answer.
    package init(id: String, shares: [Double], taken: Int, right: Int?) {
        precondition(shares.indices.contains(taken), "the option taken is one of those weighed")
        self.id = id
        self.shares = shares
        self.taken = taken
        self.right = right
    }

    /// Whether the model was right.
    package var isRight: Bool { taken == right }

    /// How sure it would be, 0...1, and whether it would be right, were its shares put right so: with offsets the likeliest
    /// option is taken, without them the one that the model took.
    package func judged(by adjustment: ShareAdjustment) -> (confidence: Double, isRight: Bool) {
        let adjusted = adjustment.applied(to: shares)
        guard !adjustment.offsets.isEmpty else { return (adjusted[taken], isRight) }
        let best = adjusted.indices.reduce(0) { adjusted[$1] > adjusted[$0] ? $1 : $0 }
        return (adjusted[best], best == right)
    }

    /// How sure it was at a temperature, 0...1.
    package func confidence(at temperature: Double) -> Double {
        TemperatureFit.shares(shares, at: temperature)[taken]
    }
}
