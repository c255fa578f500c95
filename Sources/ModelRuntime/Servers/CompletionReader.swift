import JSONSchemas

/// Puts a chat completion together from the events of a stream, or reads it from one JSON document.
struct CompletionReader {
    /// Why an answer is none.
    enum Fault: Hashable {
        /// What came is no chat completion.
        case garbage(String)
        /// The server says within its answer that it failed.
        case failed(ServerRefusal)
        /// The model refused, or a filter did.
        case declined(String)
        /// The text is longer than an answer may be.
        case tooLong
    }

    /// Bytes of an answer's text.
    static let textByteLimit = 1 << 20

    private(set) var text = ""
    private(set) var finishReason: String?
    private(set) var usage: ServerUsage?
    private(set) var model: String?
    private(set) var fault: Fault?
    private(set) var eventCount = 0
    /// Whether the stream said that nothing more comes.
    private(set) var isDone = false

    /// Takes one event's data.
    mutating func take(event: [UInt8]) {
        guard fault == nil, !isDone else { return }
        guard event != Array("[DONE]".utf8) else {
            isDone = true
            return
        }
        eventCount += 1
        guard let value = try? JSONValue(parsing: event) else {
            fault = .garbage("an event is no JSON")
            return
        }
        take(value, member: "delta")
    }

    /// Takes a completion that came as one document.
    mutating func take(document: [UInt8]) {
        guard let value = try? JSONValue(parsing: document) else {
            fault = .garbage("it is no JSON")
            return
        }
        take(value, member: "message")
    }

    private mutating func take(_ value: JSONValue, member: String) {
        if let error = value["error"], !error.isNull {
            fault = .failed(ServerRefusal(error))
            return
        }
        if let found = ServerUsage(value["usage"]) { usage = found }
        if let name = value["model"]?.stringValue, !name.isEmpty { model = model ?? name }
        guard let choices = value["choices"]?.arrayValue else {
            fault = .garbage("it has no `choices`")
            return
        }
        // The last event of a stream has the usage and no choice.
        guard let choice = choices.first else { return }
        let message = choice[member]
        if let refusal = message?["refusal"]?.stringValue, !refusal.isEmpty {
            fault = .declined("the model refused to answer")
            return
        }
        if let piece = message?["content"]?.stringValue {
            guard text.utf8.count + piece.utf8.count <= Self.textByteLimit else {
                fault = .tooLong
                return
            }
            text += piece
        }
        guard let reason = choice["finish_reason"]?.stringValue else { return }
        finishReason = reason
        switch reason {
        case "stop", "length", "eos": break
        case "content_filter": fault = .declined("the server's filter cut the answer off")
        default: fault = .garbage("the answer ended in a way that isn't known here")
        }
    }
}
