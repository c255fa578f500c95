/// What a program's messages of one kind have in common: no quoted text, no places, no amounts.
enum MessageShape {
    private static let lengthLimit = 160
    /// How much of a message is looked at: a program may write what it likes.
    private static let messageLimit = 1_000

    /// `message` without what differs from input to input.
    static func of(_ message: String) -> String {
        let shape =
            String(message.prefix(messageLimit))
            .replacing(/`[^`]*`|"(?:\\.|[^"\\])*"|'[^']*'/, with: "_")
            .replacing(/\([^)0-9]*[0-9][^)]*\)/, with: "")
            .replacing(/\$[^:]*:/, with: "$:")
            .replacing(/\[[^\]]*\]/, with: "[]")
            .replacing(/[0-9]+/, with: "0")
        return String(shape.prefix(lengthLimit))
    }
}
