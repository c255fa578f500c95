public import JSONSchemas

/// One item of a gold set and what a run said of it.
public struct ScoredItem: Hashable, Sendable {
    /// The item's identifier.
    public let id: String
    /// The run that was asked; nil where none got that far.
    public let run: String?
    /// What the run said; nil where it said nothing at all, null where it abstained or found nothing.
    public let answer: JSONValue?
    /// What is right; null where abstaining or finding nothing is right.
    public let gold: JSONValue

    /// An item.
    public init(id: String, run: String? = nil, answer: JSONValue?, gold: JSONValue) {
        self.id = id
        self.run = run
        self.answer = answer
        self.gold = gold
    }
}
