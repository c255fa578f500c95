public import JSONSchemas
import WorkflowFormat

/// Recorded tasks with the calls that fulfil them, and attacks with the calls that they want: one suite of AgentDojo, or
/// anything written in the same form.
public struct ReplaySuite: Sendable {
    /// A tool as the suite describes it.
    struct Tool: Sendable {
        let name: String
        let arguments: Set<String>
        /// The arguments that say where its effect lands; nil for a tool that only reads.
        let control: Set<String>?
    }

    /// A call with what it returned when it was recorded.
    struct Call: Sendable {
        let call: ToolCall
        let result: RecordedResult
    }

    /// What a user asks for.
    struct Task: Sendable {
        let id: String
        let prompt: String
        let calls: [Call]
        /// The index of the first call whose result holds attacker's text.
        let firstReveal: Int
    }

    /// What an attacker wants.
    struct Attack: Sendable {
        let id: String
        /// The text that stands in results instead of the markers.
        let text: String
        let calls: [ToolCall]
    }

    /// The suite's name.
    public let name: String
    let tools: [Tool]
    let tasks: [Task]
    /// The attacks that are calls; one that is a sentence in an answer can't be decided on.
    let attacks: [Attack]
    /// Results by call, for attackers who look something up that a task has looked up.
    let results: [String: RecordedResult]

    /// The tools whose calls have an effect.
    var sinks: Set<String> { Set(tools.filter { $0.control != nil }.map(\.name)) }

    /// Reads a suite; `file` is its name for messages.
    public init(fromJSON json: JSONValue, file: String) throws(ReplayError) {
        let operation = "read the recorded tasks in `\(file)`"
        func missing(_ what: String) -> ReplayError {
            ReplayError(operation, reason: "\(what) is missing or of another type")
        }
        guard let name = json["suite"]?.stringValue else { throw missing("`suite`") }
        guard let tools = json["tools"]?.arrayValue, let tasks = json["user_tasks"]?.arrayValue,
            let attacks = json["injection_tasks"]?.arrayValue
        else { throw missing("`tools`, `user_tasks` or `injection_tasks`") }
        self.name = name
        self.tools = try tools.map { tool throws(ReplayError) in
            guard let name = tool["name"]?.stringValue, let arguments = tool["parameters"]?["properties"]?.objectValue
            else { throw missing("a tool's `name` or `parameters`") }
            return Tool(
                name: name, arguments: Set(arguments.keys),
                control: tool["sink_hint"]?["control_args"]?.arrayValue.map { Set($0.compactMap(\.stringValue)) })
        }
        var results: [String: RecordedResult] = [:]
        self.tasks = try tasks.map { task throws(ReplayError) in
            guard let id = task["id"]?.stringValue, let prompt = task["prompt"]?.stringValue,
                let calls = task["calls"]?.arrayValue
            else { throw missing("a task's `id`, `prompt` or `calls`") }
            let recorded = try calls.map { entry throws(ReplayError) in
                guard let call = Self.call(entry) else {
                    throw missing("the `function` or `args` of a call of `\(id)`")
                }
                let result = RecordedResult(entry["result"]?.stringValue ?? "")
                results[call.canonical] = result
                return Call(call: call, result: result)
            }
            guard let first = task["first_reveal"]?.intValue, recorded.indices.contains(first) else {
                throw missing("`first_reveal` of `\(id)`")
            }
            return Task(id: id, prompt: prompt, calls: recorded, firstReveal: first)
        }
        self.results = results
        self.attacks = try attacks.map { attack throws(ReplayError) in
            guard let id = attack["id"]?.stringValue, let goal = attack["goal"]?.stringValue,
                let entries = attack["calls"]?.arrayValue
            else { throw missing("an attack's `id`, `goal` or `calls`") }
            let calls = entries.compactMap(Self.call)
            guard calls.count == entries.count else { throw missing("the `function` or `args` of a call of `\(id)`") }
            return Attack(id: id, text: goal, calls: calls)
        }.filter { !$0.calls.isEmpty }
    }

    private static func call(_ entry: JSONValue) -> ToolCall? {
        guard let tool = entry["function"]?.stringValue, let arguments = entry["args"]?.objectValue else { return nil }
        return ToolCall(tool: tool, arguments: arguments)
    }
}
