import ModelRuntime

extension Prompt {
    /// The prompt as messages: one for each turn that its template segments open.
    ///
    /// Only trusted template segments can begin a turn, so no text of any other origin speaks as another role than that of
    /// the message it stands in. The text itself is as a model in this process sees it: what nobody vouches for is
    /// neutralized and stands between tags it can't close.
    func messages(in dialect: ChatDialect) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for segment in segments {
            guard segment.isTemplate else {
                precondition(!messages.isEmpty, "A prompt for a server begins with a turn.")
                messages[messages.count - 1].text += segment.text
                continue
            }
            var rest = segment.text[...]
            while !rest.isEmpty {
                if rest.removePrefix(dialect.turnEnd) { continue }
                let opened = Self.roles(of: dialect).first { rest.removePrefix($0.mark) }
                guard let opened else { preconditionFailure("A template segment holds the dialect's marks only.") }
                messages.append(ChatMessage(opened.role, ""))
            }
        }
        // The turn that the model is to write.
        if messages.last == ChatMessage(.assistant, "") { messages.removeLast() }
        return messages
    }

    private static func roles(of dialect: ChatDialect) -> [(role: ChatMessage.Role, mark: String)] {
        [(.system, dialect.systemPrefix), (.user, dialect.userPrefix), (.assistant, dialect.assistantPrefix)]
    }
}

extension ChatDialect {
    /// How instructions speak of what stands around a call.
    var fenceText: String { callPrefix.isEmpty ? "" : " in a fenced block" }
}

extension Substring {
    /// Drops `mark` from the start; false where it doesn't stand there.
    fileprivate mutating func removePrefix(_ mark: String) -> Bool {
        guard !mark.isEmpty, hasPrefix(mark) else { return false }
        removeFirst(mark.count)
        return true
    }
}
