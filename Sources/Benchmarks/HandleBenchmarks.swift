import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Tokens

/// What handles cost a turn: the grammar is compiled again whenever what may be referred to has changed.
enum HandleBenchmarks {
    static func compile(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        var configuration = try ModelCatalog().configuration(for: arguments.model)
        configuration.contextTokenLimit = 256
        let model = try await LlamaModel.load(configuration)
        let clock = ContinuousClock()
        var measurements: [Measurement] = []
        for count in [0, 1, 8, 64] {
            let tools = [try tool("comment", handles: count), try tool("label", handles: count)]
            var compiled: [Double] = []
            var masked: [Double] = []
            for _ in 0..<max(20, arguments.rounds) {
                var start = clock.now
                let grammar = try Planner.grammar(for: tools, dialect: model.summary.dialect)
                compiled.append((clock.now - start).microseconds)
                var matcher = GrammarMatcher(grammar: grammar, trie: model.trie)
                try matcher.consume(bytes: Array("```json\n{\"name\": \"comment\", \"arguments\": {\"id\": ".utf8))
                var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
                start = clock.now
                matcher.computeMask(&mask)
                masked.append((clock.now - start).microseconds)
            }
            measurements.append(Measurement("compile with \(count) handles", "us", compiled, goal: 5_000))
            measurements.append(Measurement("first mask with \(count) handles", "us", masked))
        }
        return measurements
    }

    private static func tool(_ name: String, handles: Int) throws -> OfferedTool {
        let number: JSONValue = ["type": "integer", "minimum": 1]
        let names = (1...max(1, handles)).map { JSONValue.string("issue:\($0)") }
        let reference: JSONValue = [
            "type": "object", "properties": ["$ref": ["enum": .array(names)]],
            "required": ["$ref"], "additionalProperties": false,
        ]
        return OfferedTool(
            name: name, summary: "A tool.",
            arguments: try JSONSchema([
                "type": "object", "required": ["id", "body"], "additionalProperties": false,
                "properties": [
                    "id": handles == 0 ? number : ["anyOf": [number, reference]],
                    "body": ["type": "string", "maxLength": 400],
                ],
            ]))
    }
}
