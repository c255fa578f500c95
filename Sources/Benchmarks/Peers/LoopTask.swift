import JSONSchemas
import Planning

/// The work of `shared/loop-task`: an agent's turns with canned results.
struct LoopTask: Sendable {
    let system: String
    let user: String
    let turnLimit: Int
    let tokenLimit: Int
    let tools: [OfferedTool]
    private let results: JSONObject

    init(directory: String) throws {
        let value = try PeerCommands.json(ofFile: directory + "/task.json")
        guard let system = value["system"]?.stringValue, let user = value["user"]?.stringValue,
            let turns = value["turns"]?.intValue, let tokens = value["max_tokens_per_turn"]?.intValue,
            let tools = value["tools"]?.arrayValue, let results = value["results"]?.objectValue
        else { throw PeerServer.Problem(description: "Can't read `\(directory)/task.json`: a member is missing.") }
        self.system = system
        self.user = user
        turnLimit = turns
        tokenLimit = tokens
        self.results = results
        self.tools = try tools.map { tool in
            OfferedTool(
                name: tool["name"]?.stringValue ?? "", summary: tool["description"]?.stringValue ?? "",
                arguments: try JSONSchema(tool["parameters"] ?? true))
        }
    }

    /// What a tool's call gives: each has its results in order, the last one again and again.
    func result(of tool: String, call index: Int) -> String {
        guard let list = results[tool]?.arrayValue, !list.isEmpty else { return "error: unknown tool \(tool)" }
        return list[min(index, list.count - 1)].stringValue ?? ""
    }
}

/// What a run of the task did.
struct LoopRecord: Sendable {
    struct Call: Sendable {
        let name: String
        let arguments: JSONObject?
        let isValid: Bool
    }

    private(set) var calls: [Call] = []
    private(set) var seconds = 0.0
    private(set) var cost = PeerCost()
    private var counts: [String: Int] = [:]

    /// Adds a turn and returns what its call gives.
    mutating func add(
        _ name: String, _ arguments: JSONObject?, seconds: Double, cost: PeerCost, task: LoopTask
    ) -> String {
        let tool = task.tools.first { $0.name == name }
        let isValid = arguments.map { tool?.arguments.validate(.object($0)).isEmpty ?? false } ?? false
        calls.append(Call(name: name, arguments: arguments, isValid: isValid))
        add(seconds: seconds, cost: cost)
        defer { counts[name, default: 0] += 1 }
        return task.result(of: name, call: counts[name] ?? 0)
    }

    /// Adds a turn without a call.
    mutating func add(seconds: Double, cost: PeerCost) {
        self.seconds += seconds
        self.cost = self.cost + cost
    }

    /// The task's milestones that were reached.
    var milestones: [String] {
        func text(_ call: Call, _ name: String) -> String { call.arguments?[name]?.stringValue ?? "" }
        let names = Set(calls.map(\.name))
        let sources = ["refunds/partial.py", "money/rounding.py"]
        let texts = calls.map { $0.name + JSONValue.object($0.arguments ?? [:]).serialized(.canonical) }
        let checks: [(String, Bool)] = [
            ("searched_or_read", names.contains("search") || names.contains("read_file")),
            ("ran_tests", names.contains("run_tests")),
            (
                "queried_refunds",
                calls.contains { $0.name == "sql_query" && text($0, "query").lowercased().contains("refunds") }
            ),
            (
                "read_source",
                calls.contains { call in
                    call.name == "read_file" && sources.contains { text(call, "path").contains($0) }
                }
            ),
            ("opened_issue", names.contains("create_issue")),
            ("schema_valid_all", !calls.isEmpty && calls.allSatisfy(\.isValid)),
            ("no_repeat", Set(texts).count == texts.count),
        ]
        return checks.filter(\.1).map(\.0)
    }
}
