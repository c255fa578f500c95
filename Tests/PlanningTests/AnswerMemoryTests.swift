import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Synchronization
import Testing

@Suite struct AnswerMemoryTests {
    /// A memory in memory.
    private final class Notes: AnswerMemory {
        let texts = Mutex<[String: String]>([:])

        func recall(_ key: String) async -> String? { texts.withLock { $0[key] } }

        func remember(_ answer: String, for key: String) async { texts.withLock { $0[key] = answer } }
    }

    private static let kind: JSONValue = [
        "type": "object", "properties": ["kind": ["enum": ["bug", "idea"]]], "required": ["kind"],
        "additionalProperties": false,
    ]

    /// Each call has a model of its own, whose script has one answer.
    private func say(
        _ value: JSONValue, _ notes: Notes, prompt: String = "Say it.", weights: String? = "a1",
        schema: JSONValue = kind, sampling: SamplingOptions = SamplingOptions(), address: String = "say",
        isDeterministic: Bool = false
    ) async throws -> Generation {
        let model = AlteredModel(
            base: ScriptedModel([(address, value)]), probability: 0.25, sha256: weights,
            isDeterministic: isDeterministic)
        let label = Label.trusted(Source(step: "", tool: nil, pointer: ""))
        return try await ConstrainedGenerator(model: model, sampling: sampling, memory: notes).generate(
            Prompt([PromptSegment(.instruction, prompt, label: label)]), grammar: Grammar(schema: JSONSchema(schema)),
            form: schema, request: RequestID(address: address), tokenLimit: 100)
    }

    @Test func `the same question is answered from memory, with the same confidence and no cost`() async throws {
        let notes = Notes()
        let first = try await say(["kind": "bug"], notes)
        #expect(first.usage.remembered == 0)
        // The second model would say something else, so that the answer can only come from the memory.
        let second = try await say(["kind": "idea"], notes)
        #expect(second.bytes == first.bytes)
        #expect(second.choices == first.choices)
        #expect(second.usage.remembered == 1)
        #expect(second.usage.budgetTokens == 0)
    }

    @Test func `another prompt, schema or weights, or a drawn answer elsewhere, is another question`() async throws {
        let notes = Notes()
        _ = try await say(["kind": "bug"], notes)
        let drawn = SamplingOptions(temperature: 1, seed: 3)
        var other = Self.kind.objectValue ?? JSONObject()
        other["title"] = "Kind"
        for answer in [
            try await say(["kind": "idea"], notes, prompt: "Say it!"),
            try await say(["kind": "idea"], notes, weights: "b2"),
            try await say(["kind": "idea"], notes, schema: .object(other)),
            try await say(["kind": "idea"], notes, sampling: drawn),
            // What was rounded as it came is no answer where bits count.
            try await say(["kind": "idea"], notes, isDeterministic: true),
            try await say(["kind": "idea"], notes, sampling: SamplingOptions(temperature: 1, seed: 4)),
            try await say(["kind": "idea"], notes, sampling: drawn, address: "say[1]"),
        ] {
            #expect(answer.usage.remembered == 0)
            #expect(String(decoding: answer.bytes, as: UTF8.self) == #"{"kind": "idea"}"#)
        }
        #expect(try await say(["kind": "bug"], notes, sampling: drawn).usage.remembered == 1)
    }

    @Test func `weights without a known hash are asked every time`() async throws {
        let notes = Notes()
        _ = try await say(["kind": "bug"], notes, weights: nil)
        let second = try await say(["kind": "idea"], notes, weights: nil)
        #expect(second.usage.remembered == 0)
        #expect(notes.texts.withLock { $0.isEmpty })
    }

    @Test(arguments: [
        "", "null", "[]", #"{"text":"{\"kind\": \"rant\"}","choices":[]}"#,
        #"{"text":"{\"kind\": \"bug\"","choices":[]}"#, #"{"text":"{\"kind\": \"bug\"} ","choices":[]}"#,
        #"{"text":"{\"kind\": \"bug\"}","choices":[[0,99,1]]}"#,
        #"{"text":"{\"kind\": \"bug\"}","choices":[[5,4,1]]}"#,
        #"{"text":"{\"kind\": \"bug\"}","choices":[[0,1,7]]}"#, #"{"text":"{\"kind\": \"bug\"}"}"#,
    ])
    func `a remembered text that is no answer under the grammar is passed over`(planted: String) async throws {
        let notes = Notes()
        _ = try await say(["kind": "bug"], notes)
        let right = notes.texts.withLock { texts in
            defer { for key in texts.keys { texts[key] = planted } }
            return texts
        }
        let answer = try await say(["kind": "idea"], notes)
        #expect(answer.usage.remembered == 0)
        #expect(String(decoding: answer.bytes, as: UTF8.self) == #"{"kind": "idea"}"#)
        // The control arm: the text that was there before is taken.
        notes.texts.withLock { $0 = right }
        #expect(try await say(["kind": "idea"], notes).usage.remembered == 1)
    }
}
