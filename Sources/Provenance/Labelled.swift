/// A value together with its label.
public struct Labelled<Value> {
    /// The value.
    public let value: Value
    /// Where it came from and what that permits, of the value as one.
    public let label: Label
    /// The same for each field, where the value has fields.
    public let fields: LabelMap

    /// Puts a label on a value; each of its fields has the same.
    public init(_ value: Value, label: Label) {
        self.value = value
        self.label = label
        fields = LabelMap(label)
    }

    /// Puts labels on a value's fields; the value as one has their join.
    public init(_ value: Value, fields: LabelMap) {
        self.value = value
        self.fields = fields
        label = fields.label
    }

    /// The transformed value under the same label: what is made from a value came from where the value came from.
    public func map<Result, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Labelled<Result> {
        Labelled<Result>(try transform(value), label: label)
    }

    /// A value made from this one and another, under the join of both labels.
    public func combined<Other, Result, Failure: Error>(
        with other: Labelled<Other>, _ combine: (Value, Other) throws(Failure) -> Result
    ) throws(Failure) -> Labelled<Result> {
        Labelled<Result>(try combine(value, other.value), label: label.joined(with: other.label))
    }
}

extension Labelled: Sendable where Value: Sendable {}
extension Labelled: Equatable where Value: Equatable {}
extension Labelled: Hashable where Value: Hashable {}
