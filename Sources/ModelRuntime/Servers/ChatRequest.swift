public import JSONSchemas

/// One question to a server's model.
public struct ChatRequest: Sendable {
    /// The conversation, the last message being the one to answer.
    public let messages: [ChatMessage]
    /// What the answer must look like.
    public let schema: JSONValue
    /// How many tokens the answer may have.
    public let tokenLimit: Int
    /// Temperature and seed.
    public let sampling: SamplingOptions

    /// A question.
    public init(messages: [ChatMessage], schema: JSONValue, tokenLimit: Int, sampling: SamplingOptions) {
        self.messages = messages
        self.schema = schema
        self.tokenLimit = tokenLimit
        self.sampling = sampling
    }

    /// The request's content.
    func body(model: String, form: AnswerForm) -> [UInt8] {
        var messages = messages
        if form != .schema { Self.announce(schema, in: &messages) }
        var members: JSONObject = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
            "temperature": .number(sampling.temperature),
            // Servers read it into 32 bits, some of them signed.
            "seed": .integer(Int(truncatingIfNeeded: sampling.seed & 0x7FFF_FFFF)),
            "max_tokens": .integer(tokenLimit), "stream": true, "stream_options": ["include_usage": true],
        ]
        switch form {
        case .schema:
            members["response_format"] = [
                "type": "json_schema", "json_schema": ["name": "answer", "strict": true, "schema": schema],
            ]
        case .object: members["response_format"] = ["type": "json_object", "schema": schema]
        case .prompt: break
        }
        return JSONValue.object(members).serializedBytes(.compact)
    }

    private static func announce(_ schema: JSONValue, in messages: inout [ChatMessage]) {
        let text =
            "Answer with one JSON value that fits this JSON Schema, and nothing else:\n"
            + schema.serialized(.spaced)
        if messages.first?.role == .system {
            messages[0].text += "\n\n" + text
        } else {
            messages.insert(ChatMessage(.system, text), at: 0)
        }
    }
}
