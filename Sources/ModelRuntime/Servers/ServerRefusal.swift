import JSONSchemas

/// What a server says about a request that it didn't answer.
struct ServerRefusal: Hashable {
    /// A short word such as `context_length_exceeded`; nil where the server gives none.
    let code: String?
    /// A sentence for the operator. It may repeat what was asked, and so it is neither recorded nor part of an error.
    let message: String?

    /// The `error` member of an answer.
    init(_ value: JSONValue) {
        code = ["code", "type"].lazy.compactMap { value[$0]?.stringValue }.first(where: Self.isWord)
        message = (value["message"] ?? value).stringValue.map { String($0.prefix(300)) }
    }

    /// The content of an answer with an error's status.
    init(content: [UInt8]) {
        guard let value = try? JSONValue(parsing: content) else {
            self.init(.null)
            return
        }
        self.init(value["error"] ?? value["detail"] ?? value)
    }

    /// Only what can't be a piece of a prompt or of a key counts as a code.
    private static func isWord(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Whether the prompt is longer than the server's context.
    var isContextOverflow: Bool { code == "context_length_exceeded" || code == "exceed_context_size_error" }
}
