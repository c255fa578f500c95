import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import Testing

/// How sure the model was of closed fields: their options are weighed where `min_confidence` names them.
@Suite struct ClosedChoiceRunTests {
    private static func text(_ limits: String) -> String {
        """
        workflow: sure
        description: One reading.
        inputs: { note: { type: string, trust: untrusted, default: It crashes. } }
        tools: []
        policy: { tools: {} }
        steps:
          - id: class
            read: "${inputs.note}"
            instruction: What is it?
            min_confidence: { \(limits) }
            schema:
              type: object
              properties: { kind: { enum: [bug, idea] }, urgent: { type: boolean }, name: { type: string, maxLength: 9 } }
              required: [kind, urgent, name]
              additionalProperties: false
        outputs:
          result: { json: { class: "${steps.class}" }, to: result.json }

        """
    }

    private func model() -> GatheringModel {
        GatheringModel([("class", ["kind": "bug", "urgent": true, "name": "x"])]) { text in
            switch text {
            case "\"bug": log(0.2)
            case "\"idea": log(0.6)
            case "true": log(0.45)
            case "false": log(0.05)
            default: log(1e-9)
            }
        }
    }

    @Test func `a field below its limit goes to a person, by its options' shares`() async throws {
        let stage = try Stage(Self.text("/kind: 0.5, /urgent: 0.5"))
        let verdict = try await stage.play(on: model())
        #expect(verdict.outcome == .done, "\(verdict)")
        let result = try #require(try stage.output()["class"])
        #expect(result["value"] == ["kind": .null, "urgent": true, "name": "x"])
        #expect(result["confidence"] == ["/kind": 0.25, "/name": 1, "/urgent": 0.9])
        #expect(result["escalated"] == ["/kind"])
        let body = try #require(stage.entries(verdict.run, .stepFinished).first?.body)
        let kind = try #require(body["shares"]?["/kind"])
        #expect(kind["options"] == ["bug", "idea"])
        #expect(abs((kind["shares"]?[1]?.doubleValue ?? 0) - 0.75) < 1e-9)
        #expect(abs((kind["mass"]?.doubleValue ?? 0) - 0.8) < 1e-9)
    }

    @Test(arguments: [("/name: 0.5", 0), ("/kind: 0", 1), ("/kind: 0, /urgent: 0, /name: 0", 2)])
    func `only closed fields that are asked about are weighed`(limits: String, count: Int) async throws {
        let stage = try Stage(Self.text(limits))
        let verdict = try await stage.play(on: model())
        let body = try #require(stage.entries(verdict.run, .stepFinished).first?.body)
        #expect((body["shares"]?.objectValue?.count ?? 0) == count)
        #expect(body["written"] == ["kind": "bug", "urgent": true, "name": "x"])
    }

    @Test func `shares of options that the question doesn't have don't replay`() async throws {
        let stage = try Stage(Self.text("/kind: 0.5"))
        let verdict = try await stage.play(on: model())
        let entries = try stage.journal.entries(of: verdict.run).map { entry in
            let text = entry.body.serialized(.compact)
            let changed = text.replacing(#""options":["bug","idea"]"#, with: #""options":["bug","ideas"]"#)
            return entry.kind == .stepFinished ? entry.with(body: try JSONValue(parsing: changed)) : entry
        }
        let replay = try await stage.replay(verdict.run, as: entries)
        #expect(!replay.isIdentical)
        #expect(replay.difference?.sentence.contains("weighed") == true, "\(replay)")
    }
}
