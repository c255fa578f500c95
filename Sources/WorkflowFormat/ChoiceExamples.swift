/// What people decided before, from which a closed choice learns beside what the model says.
///
/// An option's share p becomes (1 - w) · p + w · e, e being what the examples say and w what they count (after Khandelwal et
/// al., "Generalization through Memorization: Nearest Neighbor Language Models", ICLR 2020). The option that is likeliest then
/// is taken.
public struct ChoiceExamples: Hashable, Sendable {
    /// A list of objects: a text under ``textMember``, and under ``valuesMember`` an object with the identifier of the option
    /// that was decided for each field.
    public let list: ValueTemplate
    /// What many of them count, in ``weightRange``; the rest is the model's.
    public let weight: Double

    /// The member of an example that is its text.
    public static let textMember = "text"
    /// The member of an example that says what was decided, by the field's name. What isn't one of the options teaches nothing.
    public static let valuesMember = "values"
    /// How many examples of a field are learnt from, the first ones: each is evaluated once in a run.
    public static let limit = 256
    /// Never all: the model decides where examples tell nothing.
    public static let weightRange = 0.0...0.9
    /// The weight unless the workflow says otherwise.
    public static let standardWeight = 0.75

    /// Examples.
    public init(list: ValueTemplate, weight: Double = ChoiceExamples.standardWeight) {
        precondition(Self.weightRange.contains(weight), "examples don't count more than that")
        self.list = list
        self.weight = weight
    }

    /// `shares` with `votes` beside them, adding up to 1; without votes as they are.
    ///
    /// `votes`: what examples say, 0...1, adding up to 1, as many as there are shares or none.
    public static func mixed(_ shares: [Double], with votes: [Double], weight: Double) -> [Double] {
        guard !votes.isEmpty else { return shares }
        precondition(shares.count == votes.count, "each option has its share of the votes")
        return zip(shares, votes).map { share, vote in (1 - weight) * share + weight * vote }
    }
}
