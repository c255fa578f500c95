import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Synchronization
import Testing

@Suite struct ReadPlannerTests {
    static let list: JSONValue = [
        "type": "object",
        "properties": ["found": ["type": "array", "items": ["type": "string", "maxLength": 40]]],
        "required": ["found"], "additionalProperties": false,
    ]
    static let scalar: JSONValue = [
        "type": "object", "properties": ["kind": ["enum": ["bug", "idea"]]], "required": ["kind"],
        "additionalProperties": false,
    ]

    static let twoSections =
        "# One\n\n" + String(repeating: "word ", count: 60) + "\n\n# Two\n\n" + String(repeating: "term ", count: 60)
        + "\n"

    private func answer(
        _ values: [JSONValue], schema: JSONValue, data: [String], context: Int = 1 << 20, answerTokens: Int = 100
    ) async throws -> ReadAnswer {
        let schema = try JSONSchema(schema)
        let source = Source(step: "load", tool: "file.read", pointer: "/text")
        let request = ReadRequest(
            address: "read", instruction: "What is it?",
            data: data.map { DataItem(name: "text", text: $0, label: .untrusted(source)) }, schema: schema,
            answerTokenLimit: answerTokens, sampling: SamplingOptions())
        let base = ScriptedModel(values.map { (step: "read", value: $0) })
        return try await ReadPlanner(model: AlteredModel(base: base, contextTokenLimit: context))
            .answer(request, grammar: Grammar(schema: schema))
    }

    @Test func `an answer carries the label of what was read and keeps data out of instructions`() async throws {
        let answer = try await answer([["kind": "bug"]], schema: Self.scalar, data: ["It crashes."])
        #expect(answer.value == ["kind": "bug"])
        #expect(answer.label.integrity == .untrusted)
        let segments = try #require(answer.prompts.first).segments
        #expect(segments.filter { $0.kind == .data }.map(\.text) == ["It crashes."])
        #expect(segments.filter { $0.label.integrity == .untrusted }.allSatisfy { $0.kind == .data })
    }

    @Test func `a text that does not fit is read in sections and the lists are joined in order`() async throws {
        let values: [JSONValue] = [["found": ["a", "b"]], ["found": ["c"]]]
        let whole = try await answer([["found": []]], schema: Self.list, data: [Self.twoSections])
        #expect(whole.prompts.count == 1)
        let cut = try await answer(values, schema: Self.list, data: [Self.twoSections], context: 1_000)
        #expect(cut.value == ["found": ["a", "b", "c"]])
        let pieces = cut.prompts.flatMap { $0.segments.filter { $0.kind == .data }.map(\.text) }
        #expect(pieces.count == 2)
        #expect(Set(cut.confidence.keys) == ["/found/0", "/found/1", "/found/2"])
        #expect(pieces.allSatisfy { Self.twoSections.contains($0) })
        #expect(pieces.first?.hasPrefix("# One") == true && pieces.last?.hasPrefix("# Two") == true)
    }

    @Test func `chunks must agree on a field that is no list`() async throws {
        let same = try await answer(
            [["kind": "bug"], ["kind": "bug"]], schema: Self.scalar, data: [Self.twoSections], context: 1_000)
        #expect(same.value == ["kind": "bug"])
        // A threshold on `/kind` has to find it.
        #expect(Array(same.confidence.keys) == ["/kind"])
        let error = await #expect(throws: PlanningError.self) {
            _ = try await answer(
                [["kind": "bug"], ["kind": "idea"]], schema: Self.scalar, data: [Self.twoSections], context: 1_000)
        }
        #expect(error?.code == .cannotMerge)
    }

    @Test func `a line longer than the context is refused with the room there is`() async throws {
        let line = String(repeating: "x", count: 2_000)
        _ = try await answer([["found": []]], schema: Self.list, data: [line])
        let error = await #expect(throws: PlanningError.self) {
            _ = try await answer([["found": []]], schema: Self.list, data: [line], context: 1_000)
        }
        #expect(error?.code == .doesNotFit)
        #expect(error?.description.contains("single line") == true)
    }

    @Test func `several texts that do not fit together are refused naming both sizes`() async throws {
        let data = [String(repeating: "x\n", count: 500), "y"]
        _ = try await answer([["found": []]], schema: Self.list, data: data)
        let error = await #expect(throws: PlanningError.self) {
            _ = try await answer([["found": []]], schema: Self.list, data: data, context: 1_000)
        }
        #expect(error?.code == .doesNotFit)
        #expect(error?.description.contains(" leaves 900") == true, "\(error?.description ?? "")")
    }

    /// Options of which the first is the more probable one whatever is asked, and the second gains by the data.
    private func ranked(_ model: AlteredModel, priors: OptionPriors = OptionPriors()) async throws -> ReadAnswer {
        let schema = try JSONSchema([
            "type": "object", "properties": ["rule": ["enum": ["A", "B"]]], "required": ["rule"],
            "additionalProperties": false,
        ])
        let trusted = Label.trusted(Source(step: "rules", tool: nil, pointer: ""))
        let data = Label.untrusted(Source(step: "load", tool: "file.read", pointer: "/text"))
        let request = ReadRequest(
            address: "read", instruction: "Which rule?",
            options: [DataItem(name: "options", text: "A: be short\nB: be kind", label: trusted)],
            data: [DataItem(name: "text", text: "a rude answer", label: data)], schema: schema, answerTokenLimit: 100,
            sampling: SamplingOptions(),
            ranking: OptionRanking(
                field: "rule",
                options: [.init(name: "A", text: "be\n  short"), .init(name: "B", text: "be kind")], label: trusted,
                blank: [DataItem(name: "text", text: "...", label: data)]))
        return try await ReadPlanner(model: model, priors: priors).answer(request, grammar: Grammar(schema: schema))
    }

    @Test func `a choice by likelihood takes what the data makes more probable`() async throws {
        let model = AlteredModel(base: ScriptedModel([])) { prompt, text in
            #expect(prompt.hasSuffix("{\"rule\": \""))
            #expect(!prompt.contains("options"))
            return text == "be short" ? -1 : prompt.contains("rude") ? -4 : -9
        }
        let answer = try await ranked(model)
        #expect(answer.value == ["rule": "B"])
        #expect(answer.label.integrity == .untrusted)
        // The gains are 0 and 5, and the second place weighs a quarter.
        let share = exp(5.0) / 4 / (1 + exp(5.0) / 4)
        #expect(abs((answer.confidence["/rule"] ?? 0) - share) < 1e-9)
    }

    @Test func `a likelihood that is no number is an error, never a choice`() async throws {
        let model = AlteredModel(base: ScriptedModel([])) { _, text in text == "be kind" ? .nan : -1 }
        let error = await #expect(throws: PlanningError.self) { _ = try await ranked(model) }
        #expect(error?.code == .answerInvalid)
    }

    @Test func `an option is weighed without data once`() async throws {
        let asked = Mutex(0)
        let model = AlteredModel(base: ScriptedModel([])) { prompt, _ in
            if !prompt.contains("rude") { asked.withLock { $0 += 1 } }
            return -1
        }
        let priors = OptionPriors()
        let first = try await ranked(model, priors: priors)
        #expect(first.value == ["rule": "A"])
        #expect(try await ranked(model, priors: priors).value == first.value)
        #expect(asked.withLock { $0 } == 2)
    }

    @Test func `a model that cannot score writes a letter`() async throws {
        let base = ScriptedModel([(step: "read", value: ["rule": "B"])])
        let answer = try await ranked(AlteredModel(base: base))
        #expect(answer.value == ["rule": "B"])
        #expect(answer.prompts.first?.text.contains("B: be kind") == true)
    }

    @Test func `the fence behind an answer is no part of it`() async throws {
        let schema = try JSONSchema(Self.scalar)
        let base = ScriptedModel([(step: "read", value: ["kind": "bug"])])
        let request = ReadRequest(
            address: "read", instruction: "What is it?", data: [], schema: schema, answerTokenLimit: 100,
            sampling: SamplingOptions())
        let answer = try await ReadPlanner(model: base).answer(
            request, grammar: ReadPlanner.grammar(for: schema, dialect: .chatML))
        #expect(answer.value == ["kind": "bug"])
        #expect(answer.confidence["/kind"] == 1)
    }
}
