import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Tokens

/// The mask inside a free string, the state where most tokens of an answer are chosen.
enum ConstrainedDecodingBenchmarks {
    static func maskStringState(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        var configuration = try ModelCatalog().configuration(for: arguments.model)
        configuration.contextTokenLimit = 256
        let trie = try await LlamaModel.load(configuration).trie
        var mask = TokenMask(tokenCount: trie.vocabulary.count)
        let clock = ContinuousClock()
        var first: [Double] = []
        var again: [Double] = []
        for round in 0..<max(20, arguments.rounds) {
            // A grammar of its own each round: what an earlier one has learnt would serve again.
            let schema = try JSONSchema([
                "type": "object", "required": ["text"],
                "properties": ["text": ["type": "string", "maxLength": .integer(400 + round)]],
            ])
            var matcher = GrammarMatcher(grammar: try Grammar(schema: schema), trie: trie)
            try matcher.consume(bytes: Array(#"{"text": "The "#.utf8))
            var start = clock.now
            matcher.computeMask(&mask)
            first.append((clock.now - start).microseconds)
            start = clock.now
            for _ in 0..<100 { matcher.computeMask(&mask) }
            again.append((clock.now - start).microseconds / 100)
        }
        return [
            Measurement("first", "us", first, goal: 100),
            Measurement("again", "us", again),
            Measurement("allowed tokens", "tokens", [Double(mask.allowedCount)]),
        ]
    }
}
