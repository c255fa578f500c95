import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
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
        #expect(pieces.allSatisfy { Self.twoSections.contains($0) })
        #expect(pieces.first?.hasPrefix("# One") == true && pieces.last?.hasPrefix("# Two") == true)
    }

    @Test func `chunks must agree on a field that is no list`() async throws {
        let same = try await answer(
            [["kind": "bug"], ["kind": "bug"]], schema: Self.scalar, data: [Self.twoSections], context: 1_000)
        #expect(same.value == ["kind": "bug"])
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
}
