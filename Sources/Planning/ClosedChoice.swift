public import JSONSchemas
public import WorkflowFormat

/// A field of an answer that has one of a few values: an enum or a boolean.
public struct ClosedChoice: Hashable, Sendable {
    /// Where it stands in the answer.
    public let pointer: String
    /// The values, all scalars, two at least.
    public let options: [JSONValue]
    /// What the shares are put right with; the identity where nothing is known of how sure the model is of itself. Shapes
    /// nothing that the model writes.
    public let adjustment: ShareAdjustment
    /// What was decided before and is counted beside the model's shares; nil for nothing.
    public let examples: OptionExamples?
    /// What the examples say of the text that is read: how much speaks for each option, adding up to 1, in the options'
    /// order; empty until that is known, and where they tell nothing.
    private var votes: [Double] = []

    /// A choice among `options` at `pointer`.
    public init(
        pointer: String, options: [JSONValue], adjustment: ShareAdjustment = .identity, examples: OptionExamples? = nil
    ) {
        precondition(
            adjustment.offsets.isEmpty || adjustment.offsets.count == options.count, "each option has its offset")
        precondition(
            examples?.lesson.allSatisfy { options.indices.contains($0.option) } != false, "an example is of an option")
        self.pointer = pointer
        self.options = options
        self.adjustment = adjustment
        self.examples = examples
    }

    /// The same choice with what its examples say.
    func counting(_ votes: [Double]) -> ClosedChoice {
        precondition(votes.isEmpty || votes.count == options.count, "each option has its votes")
        var choice = self
        choice.votes = votes
        return choice
    }

    /// The shares that a model has, with all that is counted beside them.
    func complete(_ shares: ChoiceShares) -> ChoiceShares {
        shares.adjusted(by: adjustment).joined(with: votes, weight: examples?.weight ?? 0)
    }

    /// What shapes an answer, with the choices that are weighed in it.
    static func form(_ form: JSONValue, _ choices: [ClosedChoice]) -> JSONValue {
        guard !choices.isEmpty else { return form }
        return ["form": form, "choices": .array(choices.map { [.string($0.pointer), .array($0.options)] })]
    }
}
