/// A schema that can't be enforced.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The keyword at fault, if one is.
    public let keyword: String?
    /// The subschema that holds it.
    public let pointer: JSONPointer
    /// What is wrong, as the rest of a sentence that starts with the keyword.
    public let reason: String

    /// One sentence.
    public var description: String {
        let place = "`#\(pointer)`"
        return if let keyword {
            "Can't compile schema: `\(keyword)` at \(place) \(reason)."
        } else {
            "Can't compile schema: the schema at \(place) \(reason)."
        }
    }
}

/// One way in which a value breaks its schema.
public struct SchemaIssue: Hashable, Sendable, CustomStringConvertible {
    /// The place in the value.
    public let pointer: JSONPointer
    /// The keyword that it breaks.
    public let keyword: String
    /// What is wrong, as a sentence's rest without the value itself.
    public let message: String

    /// The place and what is wrong.
    public var description: String { "`\(pointer.tokens.isEmpty ? "/" : pointer.description)` \(message)" }
}
