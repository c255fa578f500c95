import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing

@Suite struct ConstrainedGeneratorTests {
    private static let label = Label.trusted(.workflow())
    private static let prompt = Prompt([PromptSegment(.instruction, "Say it.", label: label)])

    private func generate(
        _ schema: JSONValue, _ value: JSONValue, limit: Int = 100, probability: Float = 1
    ) async throws -> Generation {
        let model = AlteredModel(base: ScriptedModel([("say", value)]), probability: probability)
        return try await ConstrainedGenerator(model: model, sampling: SamplingOptions()).generate(
            Self.prompt, grammar: Grammar(schema: JSONSchema(schema)), form: schema,
            request: RequestID(address: "say"), tokenLimit: limit)
    }

    private static let kind: JSONValue = [
        "type": "object", "properties": ["kind": ["enum": ["bug", "idea"]]], "required": ["kind"],
        "additionalProperties": false,
    ]

    @Test func `only the byte that decides is sampled and the rest is counted as forced`() async throws {
        let generation = try await generate(Self.kind, ["kind": "bug"])
        #expect(String(decoding: generation.bytes, as: UTF8.self) == #"{"kind": "bug"}"#)
        #expect(generation.usage.sampled == 1)
        #expect(generation.usage.forced == generation.bytes.count - 1)
        #expect(generation.usage.evaluated == Self.prompt.text.utf8.count)
        #expect(generation.choices.map(\.range) == [10..<11])
    }

    @Test func `a schema with one value samples nothing`() async throws {
        let generation = try await generate(["const": "only"], "only")
        #expect(generation.usage.sampled == 0)
        #expect(generation.bytes == Array(#""only""#.utf8))
    }

    @Test func `a value outside the schema is a disagreement`() async throws {
        _ = try await generate(Self.kind, ["kind": "idea"])
        let error = await #expect(throws: ModelError.self) { _ = try await generate(Self.kind, ["kind": "rant"]) }
        #expect(error?.code == .scriptDisagrees)
    }

    @Test func `an answer longer than its limit is an error naming the limit`() async throws {
        let schema: JSONValue = ["type": "string", "maxLength": 40]
        _ = try await generate(schema, "a long answer", limit: 40)
        let error = await #expect(throws: PlanningError.self) {
            _ = try await generate(schema, "a long answer", limit: 5)
        }
        #expect(error?.code == .answerTooLong)
        #expect(error?.description.contains("5 tokens") == true)
    }

    @Test func `a cancelled task stops before the next token`() async throws {
        let task = Task {
            // The task is cancelled by itself, before it begins; the handle does not leave the closure.
            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            return try await generate(Self.kind, ["kind": "bug"])
        }
        await #expect(throws: (any Error).self) { _ = try await task.value }
    }

    @Test func `confidence is told for each scalar by the tokens that wrote it`() async throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "a/b": ["type": "boolean"],
                "list": [
                    "type": "array", "minItems": 2, "maxItems": 2,
                    "items": ["type": "object", "properties": ["k": ["enum": ["x", "y"]]], "required": ["k"]],
                ],
                "fixed": ["const": 1],
            ],
            "required": ["a/b", "list", "fixed"], "additionalProperties": false,
        ]
        let model = AlteredModel(
            base: ScriptedModel([("say", ["a/b": true, "list": [["k": "x"], ["k": "y"]], "fixed": 1])]),
            probability: 0.5)
        let compiled = try JSONSchema(schema)
        let answer = try await ReadPlanner(model: model).answer(
            ReadRequest(
                address: "say", instruction: "Say it.",
                data: [DataItem(name: "text", text: "t", label: Self.label)], schema: compiled,
                answerTokenLimit: 200, sampling: SamplingOptions()), grammar: Grammar(schema: compiled))
        #expect(answer.confidence == ["/a~1b": 0.5, "/list/0/k": 0.5, "/list/1/k": 0.5, "/fixed": 1])
    }
}
