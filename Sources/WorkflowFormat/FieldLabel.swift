/// What a manifest says about a field of a tool's result, besides its integrity.
public struct FieldLabel: Hashable, Sendable {
    /// A pointer into the result, `*` standing for every element.
    public let pointer: String
    /// `trusted`, `endorsed` or `untrusted`.
    public let integrity: String
    /// Who may see the field; nil for everyone.
    public let readers: [String]?
    /// Arguments that the field does not depend on, as the number of a new issue does not depend on its text. The field
    /// takes the labels of the others alone.
    public let apartFrom: [String]

    /// A label.
    public init(pointer: String, integrity: String, readers: [String]? = nil, apartFrom: [String] = []) {
        self.pointer = pointer
        self.integrity = integrity
        self.readers = readers
        self.apartFrom = apartFrom
    }
}
