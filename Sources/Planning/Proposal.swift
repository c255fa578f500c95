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
    /// How sure it was of each argument, by JSON pointer; empty where a server answered.
    public let confidence: [String: Double]
    /// What the turn cost.
    public let usage: TokenUsage
    /// The text of the call, as it stays in the conversation.
    public let text: String

    /// Who wrote it, where that isn't the weights in this process.
    public let answerer: Answerer?
    /// How well the tools on offer fit what was wanted, where that was weighed before the call was written. Too little, and
    /// the call is the one that stands for none.
    public let fit: CallFit?
    /// The optional arguments that it was written again without, in this order, since it came to no end with them.
    public let leftOut: [String]

    /// A proposal as the journal recorded it.
    public init(
        tool: String, arguments: JSONObject, label: Label, confidence: [String: Double], usage: TokenUsage,
        text: String, answerer: Answerer? = nil, fit: CallFit? = nil,
        leftOut: [String] = []
    ) {
        self.tool = tool
        self.arguments = arguments
        self.label = label
        self.confidence = confidence
        self.usage = usage
        self.text = text
        self.answerer = answerer
        self.fit = fit
        self.leftOut = leftOut
    }
}
