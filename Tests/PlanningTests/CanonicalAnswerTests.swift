import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing
import Tokens

/// Answers of real weights: forced tokens are those of the finished text.
@Suite(
    .serialized, .enabled(if: LocalWeights.entry != nil, "No weights here: run `warrant model fetch smollm2-135m`."),
    .timeLimit(.minutes(20)))
struct CanonicalAnswerTests {
    private static let schema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "title": ["type": "string", "maxLength": 40], "severity": ["enum": ["low", "medium", "high"]],
            "is_open": ["type": "boolean"], "count": ["type": "integer", "minimum": 0, "maximum": 500],
            "labels": ["type": "array", "maxItems": 3, "items": ["type": "string", "maxLength": 12]],
            "owner": [
                "type": "object",
                "properties": [
                    "name": ["type": "string", "maxLength": 20],
                    "email": ["type": ["string", "null"], "maxLength": 30],
                ],
                "required": ["name", "email"], "additionalProperties": false,
            ],
        ],
        "required": ["title", "severity", "is_open", "count", "labels", "owner"],
    ]

    private func load() async throws -> LlamaModel {
        let entry = try #require(LocalWeights.entry)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = 1024
        configuration.threads = 1
        return try await LlamaModel.load(configuration)
    }

    @Test(arguments: [0.0, 0.8])
    func `the tokens of an answer are the tokenizer's own`(temperature: Double) async throws {
        let recorder = RecordingModel(base: try await load())
        let grammar = try Grammar(schema: JSONSchema(Self.schema))
        let prompt = Prompt([
            PromptSegment(
                .instruction, "Write an example of a bug report as JSON.\n", label: Label.trusted(.workflow()))
        ])
        for seed in 1...3 {
            let generation = try await ConstrainedGenerator(
                model: recorder, sampling: SamplingOptions(temperature: temperature, seed: UInt64(seed))
            ).generate(
                prompt, grammar: grammar, form: Self.schema, request: RequestID(address: "say", attempt: seed),
                tokenLimit: 400)
            let value = try JSONValue(parsing: generation.bytes)
            #expect(try JSONSchema(Self.schema).validate(value).isEmpty)
            let usage = generation.usage
            #expect(usage.forced > 0)
            #expect(usage.drafted > 0)
            #expect(usage.drafted <= usage.sampled)
            // What was sampled may be spelled as the model likes; what was forced is as the tokenizer has it.
            let canonical = try await recorder.tokenize(generation.bytes, parsingSpecialTokens: false)
            let forced = await recorder.forced
            var places: [Int: TokenID] = [:]
            var end = 0
            for token in canonical {
                places[end] = token
                end += recorder.trie.vocabulary.bytes(of: token).count
            }
            let wrong = forced.filter { places[$0.key] ?? $0.value != $0.value }
            #expect(wrong.isEmpty)
            // All but the last ones, which no evaluation follows.
            #expect(forced.count >= usage.forced - 8)
        }
    }
}
