public import JSONSchemas

/// What `when` asks of a reference.
public struct Condition: Hashable, Sendable {
    /// The comparison.
    public enum Comparison: Hashable, Sendable {
        /// `${a} == literal`
        case equal(JSONValue)
        /// `${a} != literal`
        case notEqual(JSONValue)
        /// `${a}`: neither `false` nor `null` nor an empty string, list or object.
        case isTrue
        /// `not ${a}`: the opposite.
        case isEmpty
    }

    /// What is compared.
    public let reference: Reference
    /// With what.
    public let comparison: Comparison

    /// A condition.
    public init(reference: Reference, comparison: Comparison) {
        self.reference = reference
        self.comparison = comparison
    }

    /// Whether the condition holds when the reference's value is `value`.
    public func holds(for value: JSONValue) -> Bool {
        switch comparison {
        case .equal(let literal): value == literal
        case .notEqual(let literal): value != literal
        case .isTrue: !Self.isEmpty(value)
        case .isEmpty: Self.isEmpty(value)
        }
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .integer, .number: false
        }
    }
}
