/// The markers that a family of weights puts around turns and calls.
///
/// The turn markers are special tokens: tokenize them with `parsingSpecialTokens: true`, and nothing that
/// came from outside. The call markers are what the weights really write, found by measurement, and are
/// ordinary text.
public struct ChatDialect: Hashable, Sendable {
    /// The dialect's name, for the journal.
    public let name: String
    /// What stands before the system text.
    public let systemPrefix: String
    /// What stands before a user's text; observations are user turns.
    public let userPrefix: String
    /// What stands before the model's text.
    public let assistantPrefix: String
    /// What ends every turn.
    public let turnEnd: String
    /// What stands before a call's JSON.
    public let callPrefix: String
    /// What ends a call's JSON.
    public let callSuffix: String

    /// Makes a dialect.
    public init(
        name: String, systemPrefix: String, userPrefix: String, assistantPrefix: String, turnEnd: String,
        callPrefix: String, callSuffix: String
    ) {
        self.name = name
        self.systemPrefix = systemPrefix
        self.userPrefix = userPrefix
        self.assistantPrefix = assistantPrefix
        self.turnEnd = turnEnd
        self.callPrefix = callPrefix
        self.callSuffix = callSuffix
    }

    /// ChatML turns with calls in a JSON fence: Qwen2.5-Coder writes this whatever its own template says.
    public static let chatML = ChatDialect(
        name: "chatml-fence",
        systemPrefix: "<|im_start|>system\n", userPrefix: "<|im_start|>user\n",
        assistantPrefix: "<|im_start|>assistant\n", turnEnd: "<|im_end|>\n",
        callPrefix: "```json\n", callSuffix: "\n```")

    /// The turns of a prompt for a server. Its own template writes what its weights want; these marks only stand in the
    /// record and tell the messages apart. An answer is bare JSON.
    public static let messages = ChatDialect(
        name: "messages", systemPrefix: "[system]\n", userPrefix: "[user]\n", assistantPrefix: "[assistant]\n",
        turnEnd: "\n[end]\n", callPrefix: "", callSuffix: "")

    /// Whether a chat template found in weights speaks this dialect's turns.
    func matches(template: String) -> Bool {
        template.contains("<|im_start|>") && template.contains("<|im_end|>")
    }
}
