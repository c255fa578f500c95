public import JSONSchemas

/// A tool as a planner sees it: what the workflow bound is neither shown nor asked for.
public struct OfferedTool: Hashable, Sendable {
    /// The name the model uses.
    public let name: String
    /// One sentence on what it does.
    public let summary: String
    /// The arguments the model writes.
    public let arguments: JSONSchema

    /// A tool called `name`.
    public init(name: String, summary: String, arguments: JSONSchema) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
    }
}
