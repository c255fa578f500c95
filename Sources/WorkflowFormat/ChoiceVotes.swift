/// What speaks for the options of a choice beside the model, such as how the nearest examples were decided.
///
/// An option's share p becomes (1 - w · s) · p + w · v, v being its votes, s those of all options and w what they count (after
/// Khandelwal et al., "Generalization through Memorization: Nearest Neighbor Language Models", ICLR 2020). The option that is
/// likeliest then is taken.
public struct ChoiceVotes: Hashable, Sendable {
    /// A list of objects: the option's identifier under the choice's `id`, the field's name under its `field` where it stands
    /// for several, and ``member``.
    public let list: ValueTemplate
    /// What they count where they add up to 1, in ``weightRange``; the rest is the model's.
    public let weight: Double

    /// The member of a vote that says how much it is, above 0: all together 1 for a full vote, less where they are less sure of
    /// themselves, and more counts as 1. What isn't a vote for one of the options counts nothing.
    public static let member = "share"
    /// Never all: the model's share decides where nobody voted.
    public static let weightRange = 0.0...0.9
    /// The weight unless the workflow says otherwise.
    public static let standardWeight = 0.3

    /// Votes.
    public init(list: ValueTemplate, weight: Double = ChoiceVotes.standardWeight) {
        precondition(Self.weightRange.contains(weight), "votes don't count more than that")
        self.list = list
        self.weight = weight
    }

    /// `shares` with `votes` beside them, adding up to 1; without votes as they are.
    ///
    /// `votes`: 0...1, adding up to at most 1, as many as there are shares or none.
    public static func mixed(_ shares: [Double], with votes: [Double], weight: Double) -> [Double] {
        guard !votes.isEmpty else { return shares }
        precondition(shares.count == votes.count, "each option has its share of the votes")
        let rest = 1 - weight * votes.reduce(0, +)
        return zip(shares, votes).map { share, vote in rest * share + weight * vote }
    }
}
