import JSONSchemas
import ModelRuntime
import Planning
import Provenance

/// Whether the second turn of a conversation costs what was appended to it, and no more.
enum PlanningBenchmarks {
    static func secondTurn(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        var configuration = try ModelCatalog().configuration(for: arguments.model)
        configuration.contextTokenLimit = 2048
        let model = try await LlamaModel.load(configuration)
        let tools = [
            OfferedTool(
                name: "ticket.find", summary: "Find tickets by words.",
                arguments: try JSONSchema([
                    "type": "object", "required": ["query", "limit"], "additionalProperties": false,
                    "properties": [
                        "query": ["type": "string", "maxLength": 60],
                        "limit": ["type": "integer", "minimum": 1, "maximum": 9],
                    ],
                ]))
        ]
        let dialect = model.summary.dialect
        var conversation = Conversation(
            address: "bench", goal: "Find tickets about a crash when a file is saved.", data: [],
            tools: tools,
            dialect: dialect)
        let planner = Planner(model: model, sampling: SamplingOptions())
        let grammar = try Planner.grammar(for: tools, dialect: dialect)
        let first = try await planner.propose(
            conversation, tools: tools, grammar: grammar, address: "bench#1", tokenLimit: 200)
        conversation.append(
            call: first, observation: #"[{"id": 7, "title": "Crash on save"}]"#,
            label: .untrusted(Source(step: "bench#1", tool: "ticket.find", pointer: "")))
        let second = try await planner.propose(
            conversation, tools: tools, grammar: grammar, address: "bench#2", tokenLimit: 200)
        let before = first.usage.promptTokens + first.usage.forced + first.usage.sampled
        let appended = second.usage.promptTokens - before
        return [
            Measurement("evaluated on turn 2", "tokens", [Double(second.usage.evaluated)]),
            Measurement("appended since turn 1", "tokens", [Double(appended)]),
            // The call's last tokens were never evaluated: nothing was chosen after them.
            Measurement(
                "evaluated beyond the appended", "tokens", [Double(second.usage.evaluated - appended)]),
            Measurement("turn 1 prompt", "tokens", [Double(first.usage.promptTokens)]),
        ]
    }
}
