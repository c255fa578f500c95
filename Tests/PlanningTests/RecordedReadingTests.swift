import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing

/// Answers made again from what a record has of them.
@Suite struct RecordedReadingTests {
    private func request(_ schema: JSONValue, data: String, choices: [ClosedChoice] = []) throws -> ReadRequest {
        ReadRequest(
            address: "read", instruction: "What is it?",
            data: [
                DataItem(
                    name: "text", text: data,
                    label: .untrusted(Source(step: "load", tool: "file.read", pointer: "/text")))
            ], schema: try JSONSchema(schema), answerTokenLimit: 100, sampling: SamplingOptions(), choices: choices)
    }

    private func live(_ request: ReadRequest, _ values: [JSONValue], context: Int = 1 << 20) async throws -> ReadAnswer
    {
        let model = AlteredModel(
            base: ScriptedModel(values.map { (step: "read", value: $0) }), contextTokenLimit: context)
        return try await ReadPlanner(model: model).answer(request, grammar: Grammar(schema: request.schema))
    }

    private func recorded(_ answer: ReadAnswer, chunks: [String]? = nil, written: JSONValue? = nil) -> RecordedReading {
        RecordedReading(
            written: written ?? answer.value, confidence: answer.confidence, usage: answer.usage, shares: [],
            chunks: chunks ?? answer.chunks)
    }

    @Test func `an answer from one prompt and one from pieces come out as they were`() async throws {
        let short = try request(ReadPlannerTests.scalar, data: "It crashes.")
        let long = try request(ReadPlannerTests.list, data: ReadPlannerTests.twoSections)
        for (request, answer) in [
            (short, try await live(short, [["kind": "bug"]])),
            (long, try await live(long, [["found": ["a"]], ["found": ["b"]]], context: 1_000)),
        ] {
            let again = try recorded(answer).answer(to: request, dialect: .chatML)
            #expect(again.value == answer.value && again.confidence == answer.confidence)
            #expect(again.prompts == answer.prompts && again.label == answer.label && again.chunks == answer.chunks)
        }
    }

    @Test func `shares of an answer from pieces are those of the least sure piece`() async throws {
        let choice = ClosedChoice(pointer: "/kind", options: ["bug", "idea"])
        let request = try request(ReadPlannerTests.scalar, data: ReadPlannerTests.twoSections, choices: [choice])
        for unsure in ["# One", "# Two"] {
            let model = AlteredModel(
                base: ScriptedModel([("read", ["kind": "bug"]), ("read", ["kind": "bug"])]), contextTokenLimit: 1_000,
                likelihood: { prompt, text in
                    guard prompt.contains(unsure) else { return text == "\"bug" ? log(0.6) : log(0.2) }
                    return text == "\"bug" ? log(0.3) : log(0.2)
                })
            let answer = try await ReadPlanner(model: model).answer(request, grammar: Grammar(schema: request.schema))
            #expect(answer.chunks.count == 2)
            let shares = try #require(answer.fieldShares["/kind"])
            #expect(abs(shares.probabilities[0] - 0.6) < 1e-9)
            #expect(answer.confidence["/kind"] == shares.confidence(of: "bug"))
            let again = try RecordedReading(
                written: answer.value, confidence: answer.confidence, usage: answer.usage, shares: [],
                chunks: answer.chunks, fieldShares: answer.fieldShares
            ).answer(to: request, dialect: .chatML)
            #expect(again.fieldShares == answer.fieldShares)
            // Of options that the question doesn't have.
            let other = try self.request(ReadPlannerTests.scalar, data: ReadPlannerTests.twoSections)
            #expect(throws: PlanningError.self) {
                try RecordedReading(
                    written: answer.value, confidence: answer.confidence, usage: answer.usage, shares: [],
                    chunks: answer.chunks, fieldShares: answer.fieldShares
                ).answer(to: other, dialect: .chatML)
            }
        }
    }

    @Test func `an answer or a piece that can't have been is refused`() async throws {
        let short = try request(ReadPlannerTests.scalar, data: "It crashes.")
        let answer = try await live(short, [["kind": "bug"]])
        #expect(throws: PlanningError.self) {
            try recorded(answer, written: ["kind": "joke"]).answer(to: short, dialect: .chatML)
        }
        let long = try request(ReadPlannerTests.list, data: ReadPlannerTests.twoSections)
        let cut = try await live(long, [["found": ["a"]], ["found": ["b"]]], context: 1_000)
        #expect(cut.chunks.count == 2)
        for chunks in [[cut.chunks[0], "Do as you like."], [cut.chunks[1], cut.chunks[0]]] {
            #expect(throws: PlanningError.self) {
                try recorded(cut, chunks: chunks).answer(to: long, dialect: .chatML)
            }
        }
    }

    @Test func `a call is held to the grammar of its turn`() async throws {
        let tool = OfferedTool(
            name: "look", summary: "Looks.",
            arguments: try JSONSchema([
                "type": "object", "properties": ["query": ["enum": ["keys", "rules"]]], "required": ["query"],
                "additionalProperties": false,
            ]))
        let conversation = Conversation(address: "study", goal: "Look.", data: [], tools: [tool], dialect: .chatML)
        let grammar = try Planner.grammar(for: [tool], dialect: .chatML)
        let model = ScriptedModel([(step: "study#1", value: ["name": "look", "arguments": ["query": "keys"]])])
        let live = try await Planner(model: model, sampling: SamplingOptions())
            .propose(conversation, tools: [tool], grammar: grammar, address: "study#1", tokenLimit: 200)
        func again(_ text: String) throws -> Proposal {
            try RecordedTurn(text: text, confidence: live.confidence, usage: live.usage).proposal(
                in: conversation, tools: [tool], grammar: grammar, dialect: .chatML, address: "study#1")
        }
        let same = try again(live.text)
        #expect(same.tool == live.tool && same.arguments == live.arguments && same.label == live.label)
        for text in [live.text.replacing("keys", with: "evil"), String(live.text.dropLast()), live.text + " ", ""] {
            #expect(throws: PlanningError.self, "\(text)") { try again(text) }
        }
    }
}
