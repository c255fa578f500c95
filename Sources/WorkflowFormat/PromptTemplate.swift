public import JSONSchemas

/// A text that the workflow's author wrote: an instruction, a goal, or a Mustache template.
public struct PromptTemplate: Hashable, Sendable {
    /// The file's path, relative to the workflow's folder; `nil` for a text inside the workflow file.
    public let path: String?
    /// The text as it is written.
    public let text: String
    /// The text with its references; a literal for Mustache templates, which take their values from `data`.
    public let content: ValueTemplate

    /// A text with its parsed form, which is the text itself by default.
    public init(path: String? = nil, text: String, content: ValueTemplate? = nil) {
        self.path = path
        self.text = text
        self.content = content ?? .literal(.string(text))
    }

    /// The references in the text. In an instruction or a goal each of them is trusted: the check has made sure.
    public var references: [Reference] { content.references }

    /// The text with each reference replaced by its value.
    public func evaluate(_ lookup: (Reference) throws -> JSONValue) rethrows -> String {
        let value = try content.evaluate(lookup)
        return value.stringValue ?? value.serialized()
    }
}
