public import JSONSchemas

/// A field of an answer that has one of a few values: an enum or a boolean.
public struct ClosedChoice: Hashable, Sendable {
    /// Where it stands in the answer.
    public let pointer: String
    /// The values, all scalars, two at least.
    public let options: [JSONValue]
    /// What the shares are put right with, above 0; 1 where nothing is known of how sure the model is of itself. Shapes no
    /// answer.
    public let temperature: Double

    /// A choice among `options` at `pointer`.
    public init(pointer: String, options: [JSONValue], temperature: Double = 1) {
        precondition(temperature > 0, "a temperature is above 0")
        self.pointer = pointer
        self.options = options
        self.temperature = temperature
    }

    /// What shapes an answer, with the choices that are weighed in it.
    static func form(_ form: JSONValue, _ choices: [ClosedChoice]) -> JSONValue {
        guard !choices.isEmpty else { return form }
        return ["form": form, "choices": .array(choices.map { [.string($0.pointer), .array($0.options)] })]
    }
}
