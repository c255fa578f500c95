import JSONSchemas
import Planning
import Provenance
import WorkflowFormat

/// The turns of one agent step so far.
struct AgentTurns {
    private(set) var conversation: Conversation
    private(set) var calls: [ToolCall] = []
    /// What the planner saw after each call.
    private var seen: [String] = []
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

    /// The calls as the step's result lists them, with the beginning of what the planner saw.
    var callList: JSONValue {
        .array(
            zip(calls, seen).map { call, seen in
                var fields = call.toJSON().objectValue ?? JSONObject()
                fields["seen"] = .string(String(seen.prefix(Self.seenLimit)))
                return .object(fields)
            })
    }

    /// Characters of an observation in the step's result; the journal has the whole.
    private static let seenLimit = 200

    mutating func append(
        _ proposal: Proposal, _ call: ToolCall, tool: String, observation: String, label: Label
    ) {
        count += 1
        calls.append(call)
        seen.append(observation)
        calledTools.insert(tool)
        conversation.append(call: proposal, observation: observation, label: label)
    }
}
