/// How a server is told what an answer looks like, the strictest first.
public enum AnswerForm: String, Hashable, Sendable, CaseIterable {
    /// `response_format: json_schema`: the server lets the model write nothing else.
    case schema = "json_schema"
    /// `response_format: json_object`, the schema beside it for those servers that look at it, and in the prompt.
    case object = "json_object"
    /// The schema in the prompt alone.
    case prompt

    /// What is tried where the server refuses this.
    var next: AnswerForm? {
        switch self {
        case .schema: .object
        case .object: .prompt
        case .prompt: nil
        }
    }
}
