public import JSONSchemas
public import Provenance

/// A tool call the model wrote, well-formed and not yet decided on.
public struct Proposal: Sendable {
    /// The offered tool's name.
    public let tool: String
    /// Its arguments; they validate against the offered schema.
    public let arguments: JSONObject
    /// What the model had seen when it wrote them.
    public let label: Label
    /// How sure it was of each argument, by JSON pointer.
    public let confidence: [String: Double]
    /// What the turn cost.
    public let usage: TokenUsage
    /// The text of the call, as it stays in the conversation.
    public let text: String

    /// A proposal as the journal recorded it.
    public init(
        tool: String, arguments: JSONObject, label: Label, confidence: [String: Double], usage: TokenUsage, text: String
    ) {
        self.tool = tool
        self.arguments = arguments
        self.label = label
        self.confidence = confidence
        self.usage = usage
        self.text = text
    }
}
