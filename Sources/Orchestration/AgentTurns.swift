import JSONSchemas
import Planning
import Provenance
import WorkflowFormat

/// The turns of one agent step so far.
struct AgentTurns {
    private(set) var conversation: Conversation
    private(set) var calls: [ToolCall] = []
    private(set) var calledTools: Set<String> = []
    private(set) var usage = TokenUsage()
    private(set) var count = 0
    /// How often a call was made again.
    var repeats = 0

    init(conversation: Conversation) {
        self.conversation = conversation
    }

    mutating func add(_ more: TokenUsage) {
        usage = usage + more
    }

    /// Whether the same call with the same arguments was made before.
    func hasMade(_ call: ToolCall) -> Bool {
        calls.contains { $0.canonical == call.canonical }
    }

    mutating func append(
        _ proposal: Proposal, _ call: ToolCall, tool: String, observation: String, label: Label
    ) {
        count += 1
        calls.append(call)
        calledTools.insert(tool)
        conversation.append(call: proposal, observation: observation, label: label)
    }
}
