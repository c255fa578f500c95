import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing
import WorkflowFormat

/// Which option is taken where shares have offsets.
@Suite struct SettledChoicesTests {
    private static let options: [JSONValue] = ["bug", "idea"]

    private func request(_ offsets: [Double], schema: JSONValue = ReadPlannerTests.scalar) throws -> ReadRequest {
        let choice = ClosedChoice(
            pointer: "/kind", options: Self.options, adjustment: ShareAdjustment(temperature: 1, offsets: offsets))
        return ReadRequest(
            address: "read", instruction: "What is it?",
            data: [
                DataItem(
                    name: "text", text: "It hums.",
                    label: .untrusted(Source(step: "load", tool: "file.read", pointer: "/text")))
            ], schema: try JSONSchema(schema), answerTokenLimit: 100, sampling: SamplingOptions(), choices: [choice])
    }

    /// The answer of a model that writes `value` and holds a bug for half as likely again as an idea.
    private func answer(_ request: ReadRequest, writing value: JSONValue = ["kind": "bug"]) async throws -> ReadAnswer {
        let model = AlteredModel(
            base: ScriptedModel([(step: "read", value: value)]),
            likelihood: { _, text in text == "\"bug" ? log(0.6) : log(0.4) })
        return try await ReadPlanner(model: model).answer(request, grammar: Grammar(schema: request.schema))
    }

    private func again(_ answer: ReadAnswer, _ request: ReadRequest, written: JSONValue) throws -> ReadAnswer {
        try RecordedReading(
            written: written, confidence: answer.confidence, usage: answer.usage, shares: [], chunks: [],
            fieldShares: answer.fieldShares
        ).answer(to: request, dialect: .chatML)
    }

    @Test func `the option that is likeliest with the offsets is taken, with its confidence`() async throws {
        let plain = try await answer(request([]))
        #expect(plain.value == ["kind": "bug"])
        #expect(abs((plain.confidence["/kind"] ?? 0) - 0.6) < 1e-9)
        // 0.6 and 0.4 · 3 of 1.8.
        let turned = try await answer(request([0, log(3)]))
        #expect(turned.value == ["kind": "idea"])
        #expect(abs((turned.confidence["/kind"] ?? 0) - 2.0 / 3) < 1e-9)
        #expect(turned.fieldShares["/kind"]?.probabilities == plain.fieldShares["/kind"]?.probabilities)
        // Too small an offset to matter.
        #expect(try await answer(request([0, 0.1])).value == ["kind": "bug"])
    }

    @Test func `options that the schema doesn't admit together are left as they were written`() async throws {
        let strict: JSONValue = [
            "type": "object", "required": ["kind", "part"], "additionalProperties": false,
            "properties": ["kind": ["enum": ["bug", "idea"]], "part": ["enum": ["app", "none"]]],
        ]
        let value: JSONValue = ["kind": "bug", "part": "app"]
        // Control arm: nothing is against it.
        let free = try await answer(request([0, 3], schema: strict), writing: value)
        #expect(free.value == ["kind": "idea", "part": "app"])
        let settled = try await answer(request([0, 3], schema: Self.onlyBugs(strict)), writing: value)
        #expect(settled.value == value)
        #expect(abs((settled.confidence["/kind"] ?? 1) - 0.6 / (0.6 + 0.4 * exp(3))) < 1e-9)
    }

    /// With nothing but bugs in the app.
    private static func onlyBugs(_ schema: JSONValue) -> JSONValue {
        var object = schema.objectValue ?? JSONObject()
        object["properties"] = ["kind": ["enum": ["bug"]], "part": ["enum": ["app", "none"]]]
        return .object(object)
    }

    @Test func `a record of an option that its shares don't prefer is no answer`() async throws {
        let request = try request([0, log(3)])
        let answer = try await answer(request)
        #expect(try again(answer, request, written: answer.value).value == ["kind": "idea"])
        let error = #expect(throws: PlanningError.self) {
            _ = try again(answer, request, written: ["kind": "bug"])
        }
        #expect(error.map { "\($0)".contains("an option was taken that its shares don't prefer") } == true)
    }

    @Test func `a record of other offsets than the run's is no answer`() async throws {
        let asked = try request([0, log(3)])
        let answer = try await answer(asked)
        let error = #expect(throws: PlanningError.self) {
            _ = try again(answer, request([0, log(4)]), written: answer.value)
        }
        #expect(error.map { "\($0)".contains("with other offsets than the run's") } == true)
    }

    @Test func `offsets stand in the record and come out of it`() async throws {
        let shares = try await answer(request([0, 1.5])).fieldShares
        let recorded = ChoiceShares.json(shares)
        #expect(recorded["/kind"]?["offsets"] == [0, 1.5])
        #expect(ChoiceShares.all(in: recorded) == shares)
        let plain = ChoiceShares.json(try await answer(request([])).fieldShares)
        #expect(plain["/kind"]?["offsets"] == nil)
        // As many as there are options, or nothing is known of the field.
        let broken = try JSONValue(
            parsing: recorded.serialized(.compact).replacing("[0,1.5]", with: "[1.5]").replacing(
                "[0.0,1.5]", with: "[1.5]"))
        #expect(broken != recorded)
        #expect(ChoiceShares.all(in: broken).isEmpty)
    }
}
