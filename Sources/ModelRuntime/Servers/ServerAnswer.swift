/// What a server's model answered.
public struct ServerAnswer: Hashable, Sendable {
    /// The text, as it came.
    public let text: String
    /// Whether it ended by itself; false where it met the request's token limit.
    public let isComplete: Bool
    /// What it cost; nil where the server doesn't say.
    public let usage: ServerUsage?
    /// The model's name as the server gave it, at most 200 characters; nil where it gave none.
    public let reportedModel: String?
    /// How the server was told what to write.
    public let form: AnswerForm
    /// From the request to the first piece of text.
    public let firstTextTime: Duration
    /// From the request to the end.
    public let totalTime: Duration
}
