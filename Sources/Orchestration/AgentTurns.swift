import JSONSchemas
import Planning
import Provenance
import WorkflowFormat

/// The turns of one agent step so far.
struct AgentTurns {
    private(set) var conversation: Conversation
    private(set) var calls: [ToolCall] = []
    /// What the calls are worth together, arguments that the workflow bound included; nil before the first.
    private(set) var callLabel: Label?
    /// What the planner saw after each call; nil where the call did not succeed.
    private var seen: [String?] = []
    /// How many different calls of each tool were made, by the name the model uses.
    private(set) var callCounts: [String: Int] = [:]
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

    /// The calls as the step's result lists them: `seen` is the beginning of what came of it, null for a call that was
    /// refused, not executed, or failed.
    var callList: JSONValue {
        .array(
            zip(calls, seen).map { call, seen in
                var fields = call.toJSON().objectValue ?? JSONObject()
                fields["seen"] = seen.map { .string(Self.cut($0)) } ?? .null
                return .object(fields)
            })
    }

    /// Characters of an observation in the step's result; the journal has the whole.
    private static let seenLimit = 200

    private static func cut(_ text: String) -> String {
        text.count > seenLimit ? text.prefix(seenLimit) + " (cut here)" : text
    }

    mutating func append(
        _ proposal: Proposal, _ prepared: PreparedCall, tool: String, observation: String, hasSucceeded: Bool,
        label: Label, handles: DataItem? = nil
    ) {
        let call = prepared.call
        count += 1
        if !hasMade(call) { callCounts[tool, default: 0] += 1 }
        calls.append(call)
        callLabel = callLabel?.joined(with: prepared.label) ?? prepared.label
        seen.append(hasSucceeded ? observation : nil)
        conversation.append(call: proposal, observation: observation, label: label, handles: handles)
    }
}
