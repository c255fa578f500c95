/// A field of a tool's result that names a record.
public struct HandleField: Hashable, Sendable {
    /// A pointer into the result, `*` standing for every element.
    public let pointer: String
    /// The kind of record, such as `issue`.
    public let kind: String

    /// A field.
    public init(pointer: String, kind: String) {
        self.pointer = pointer
        self.kind = kind
    }
}
