public import JSONSchemas

/// When a turn of an agent is to end without a call: where no function on offer fits what is wanted well enough.
public struct Declining: Sendable {
    /// What is asked before a call is written.
    public let question: FitQuestion
    /// No call is written below this share of ``CallFit``, 0...1.
    public let limit: Double
    /// The function that stands for declining. It is on offer in the turn.
    public let tool: String
    /// What it is called with.
    public let arguments: JSONObject

    /// Declining below `limit` by a call of `tool`.
    public init(below limit: Double, question: FitQuestion, tool: String, arguments: JSONObject = [:]) {
        precondition((0...1).contains(limit), "a limit is a share")
        self.limit = limit
        self.question = question
        self.tool = tool
        self.arguments = arguments
    }

    /// Whether so good a fit is too little.
    public func declines(_ fit: CallFit) -> Bool { fit.share < limit }
}
