import JSONSchemas
import Provenance

/// A call as a run of a shipped workflow would come to make it: each argument with where it is from.
struct ShippedCall: Hashable, Sendable {
    /// Where an argument is from.
    enum Origin {
        /// The run's input of that name.
        case input(String)
        /// A literal of the workflow file.
        case workflow(JSONValue)
        /// What a planner wrote after it had read untrusted text, or a step made of such text.
        case planner(JSONValue)
    }

    let tool: String
    private(set) var arguments = JSONObject()
    private(set) var labels: [String: Label] = [:]
    /// The arguments that count as closed choices of a `read`.
    var closedChoices: Set<String> = []
    /// How many calls of the tool the run has made before.
    var earlierCalls = 0

    init(_ tool: String) {
        self.tool = tool
    }

    /// The same call with another value of one argument.
    func setting(_ argument: String, to value: JSONValue, _ label: Label) -> ShippedCall {
        var copy = self
        copy.arguments[argument] = value
        copy.labels[argument] = label
        return copy
    }

    /// The same call as one more after so many.
    func after(_ count: Int) -> ShippedCall {
        var copy = self
        copy.earlierCalls = count
        return copy
    }

    /// The label of the call as a whole, as a run makes it.
    var label: Label { Label.joining(labels.values).joined(with: .trusted(.workflow())) }

    /// What a planner wrote that has read a ticket.
    static let planner = Label.untrusted(Source(step: "tickets", tool: "file.read", pointer: "/rows/0/body"))
    /// What a tracker gave out itself.
    static let tracker = Label.endorsed(Source(step: "listed", tool: "issue.list", pointer: "/rows/0/project"))
    /// What an agent wrote before it had seen anything untrusted.
    static let plan = Label.trusted(Source(step: "study"))
}
