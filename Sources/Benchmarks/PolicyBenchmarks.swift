import Glibc
import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// What one decision costs.
enum PolicyBenchmarks {
    private static let tools = 20
    private static let argumentsOfTool = 5

    /// A policy of 200 rules: 20 tools with five arguments, each with a rule of its own on origin, length, links or form,
    /// 60 rules on what is forbidden, and 20 for the tools. The goal holds 2,000 characters, the run vouches for 100 handles.
    /// Every decision is about another tool and other arguments; 20,000 of them unless `--rounds` says otherwise.
    static func decision(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        let rounds = arguments.isDefaultRounds ? 20_000 : arguments.rounds
        let policy = try policy()
        let task = TypedMatch([goal])
        var handles = HandleLedger()
        handles.observe(
            ToolCall(tool: "find", arguments: ["query": "the meeting"]),
            result: .array((0..<100).map { ["id": .string("T-\($0)")] }), at: "find",
            rules: [VouchRule(kind: "ticket", handle: JSONPointer(["id"]), condition: .directory(by: nil))], task: task,
            labels: [:])
        let clock = ContinuousClock()
        var times: [Double] = []
        var processorTimes: [Double] = []
        var asked = 0
        for round in 0..<(rounds + 500) {
            let call = call(round)
            let context = PolicyContext(
                run: "run", address: "step", earlierCalls: [call.value.tool: 1],
                argumentLabels: ["note": .trusted(.workflow())], task: task, handles: handles)
            let processorStart = processorTime()
            let start = clock.now
            let decision = policy.decide(call, in: context)
            let time = clock.now - start
            let processorTime = processorTime() - processorStart
            if decision.outcome != .allow { asked += 1 }
            // The first ones fill the caches.
            if round >= 500 {
                times.append(time.microseconds)
                processorTimes.append(processorTime)
            }
        }
        guard asked > 0, asked < rounds else { throw Failed() }
        return [
            Measurement("decision, 50th percentile", "us", [percentile(times, 50)]),
            Measurement("decision, 99th percentile", "us", [percentile(times, 99)], goal: 100),
            // On a machine that does other work, waiting for the processor is most of the slowest percent.
            Measurement("processor time, 99th percentile", "us", [percentile(processorTimes, 99)], goal: 100),
        ]
    }

    private static func percentile(_ values: [Double], _ percent: Int) -> Double {
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    /// What this thread has used of the processor, in microseconds.
    private static func processorTime() -> Double {
        var time = timespec()
        // The structure is a local variable that outlives the call.
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .nan }
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func policy() throws -> Policy {
        let text: JSONValue = ["type": "string"]
        var definitions: [ToolDefinition] = []
        var rules: [ToolRule] = []
        for index in 0..<tools {
            definitions.append(
                ToolDefinition(
                    name: "tool.\(index)", summary: "A tool.",
                    arguments: try JSONSchema([
                        "type": "object",
                        "properties": [
                            "to": ["type": "array", "items": text], "id": text, "title": text, "body": text,
                            "note": text,
                        ],
                        "additionalProperties": false,
                    ]), effect: .opaque, sinkControl: ["to", "id"], sinkContent: ["title", "body"],
                    identifiers: ["id": "ticket"]))
            rules.append(
                ToolRule(
                    tool: "tool.\(index)", decision: .allow, otherwise: .ask,
                    arguments: [
                        ArgumentRule(argument: "to", predicates: [.from(["task", "endorsed"])]),
                        ArgumentRule(argument: "id", predicates: [.from(["task", "endorsed"]), .maxLength(40)]),
                        ArgumentRule(
                            argument: "title", predicates: [.allowUntrusted, .maxLength(200), .strip(["links"])]),
                        ArgumentRule(
                            argument: "body", predicates: [.allowUntrusted, .links(LinkRule(allowsTask: true))]),
                        ArgumentRule(argument: "note", predicates: [.from(["workflow"]), .pattern("^[a-z ]*$")]),
                    ], isTrustedWhenUnaddressed: true))
        }
        let forbids = (0..<(200 - tools - tools * argumentsOfTool - 20)).map { index in
            ForbidRule(
                id: "f\(index)", tools: index % 3 == 0 ? [] : ["tool.\(index % tools)"],
                clauses: [.init(argument: "to", conditions: [.oneOf([.string("person\(index)@evil.example")])])])
        }
        let limits = (0..<20).map { index in
            ForbidRule(
                id: "g\(index)", tools: [],
                clauses: [.init(argument: "title", conditions: [.pattern("secret \(index)")])])
        }
        return try Policy(PolicyDefinition(tools: rules, forbids: forbids + limits), tools: definitions)
    }

    private static func call(_ round: Int) -> Labelled<ToolCall> {
        Labelled(
            ToolCall(
                tool: "tool.\(round % tools)",
                arguments: [
                    "to": [.string("person\(round % 70)@example.org"), .string("person\(round % 50)@example.org")],
                    "id": .string("T-\(round % 120)"), "title": .string("Number \(round) of many that are like it"),
                    "body": .string(body + " Number \(round)."), "note": "as agreed",
                ]), label: .untrusted(Source(step: "planner")))
    }

    private static let body = String(
        repeating: "What was said in the meeting is written down here, line by line, as it was. ", count: 5)

    private static let goal =
        "Tell everybody: " + (0..<60).map { "person\($0)@example.org" }.joined(separator: ", ")
        + String(repeating: " about the meeting on May 13th, 2024 at 10:00", count: 15)

    private struct Failed: Error, CustomStringConvertible {
        let description = "Can't measure decisions: all of them came out alike."
    }
}
