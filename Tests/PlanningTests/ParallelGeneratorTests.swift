import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing

/// Answers of real weights that are written at the same time.
@Suite(
    .serialized, .enabled(if: LocalWeights.entry != nil, "No weights here: run `warrant model fetch smollm2-135m`."),
    .timeLimit(.minutes(20)))
struct ParallelGeneratorTests {
    private static let schema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "color": ["enum": ["red", "green", "blue"]], "is_large": ["type": "boolean"],
            "name": ["type": "string", "maxLength": 20],
        ],
        "required": ["color", "is_large", "name"],
    ]
    private static let choices = [
        ClosedChoice(pointer: "/color", options: ["red", "green", "blue"]),
        ClosedChoice(pointer: "/is_large", options: [true, false]),
    ]
    private static let texts = [
        "The barn is red and huge.", "A small green frog sat there.", "The sky is blue, and it is everywhere.",
        "Her tiny red shoes.", "An enormous blue whale.", "A leaf of grass.",
    ]

    private func load(parallel: Int) async throws -> LlamaModel {
        let entry = try #require(LocalWeights.entry)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = 1024
        configuration.threads = 1
        configuration.parallelLimit = parallel
        return try await LlamaModel.load(configuration)
    }

    private func generate(_ model: LlamaModel, _ index: Int) async throws -> Generation {
        let label = Label.trusted(.workflow())
        let prompt = Prompt([
            PromptSegment(
                .instruction, "Describe the thing in the text as JSON: its color, whether it is large, and its name.\n",
                label: label),
            PromptSegment(.data, Self.texts[index] + "\n", label: label),
        ])
        return try await ConstrainedGenerator(model: model, sampling: SamplingOptions()).generate(
            prompt, grammar: Grammar(schema: JSONSchema(Self.schema)), form: Self.schema,
            request: RequestID(address: "say[\(index)]"), tokenLimit: 100, choices: Self.choices)
    }

    @Test func `each has its own grammar, accounting and shares, as if it were alone`() async throws {
        let model = try await load(parallel: 4)
        let together = try await withThrowingTaskGroup(of: (Int, Generation).self) { group in
            for index in Self.texts.indices {
                group.addTask { (index, try await generate(model, index)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let alone = try await load(parallel: 1)
        var sameCount = 0
        for index in Self.texts.indices {
            let generation = try #require(together[index])
            let value = try JSONValue(parsing: generation.bytes)
            #expect(try JSONSchema(Self.schema).validate(value).isEmpty)
            let other = try await generate(alone, index)
            #expect(generation.usage.promptTokens == other.usage.promptTokens)
            #expect(Set(generation.shares.keys) == ["/color", "/is_large"])
            for shares in generation.shares.values {
                #expect(abs(shares.probabilities.reduce(0, +) - 1) < 1e-9)
                #expect((0...1).contains(shares.mass))
            }
            // Rounding may decide between near-equal tokens, so not all need be the same.
            guard generation.bytes == other.bytes else { continue }
            sameCount += 1
            #expect(generation.usage.forced == other.usage.forced)
            #expect(generation.usage.sampled == other.usage.sampled)
            for (pointer, shares) in generation.shares {
                let known = try #require(other.shares[pointer])
                #expect(zip(shares.probabilities, known.probabilities).allSatisfy { abs($0 - $1) < 0.1 })
            }
        }
        #expect(sameCount >= 4)
    }
}
