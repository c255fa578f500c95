import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing
import WorkflowFormat

/// `min_margin`: by how much the option taken has to lead.
@Suite struct MarginRunTests {
    private static func text(_ limits: String) -> String {
        """
        workflow: lead
        description: One reading.
        inputs: { note: { type: string, trust: untrusted, default: It crashes. } }
        tools: []
        policy: { tools: {} }
        steps:
          - id: class
            read: "${inputs.note}"
            instruction: What is it?
            \(limits)
            schema:
              type: object
              properties: { kind: { enum: [bug, idea, talk] }, urgent: { type: boolean } }
              required: [kind, urgent]
              additionalProperties: false
        outputs:
          result: { json: { class: "${steps.class}" }, to: result.json }

        """
    }

    /// 0.5 a bug, 0.4 an idea, 0.1 talk.
    private func model(_ kind: String = "bug") -> GatheringModel {
        GatheringModel([("class", ["kind": .string(kind), "urgent": true])]) { text in
            switch text {
            case "\"bug": log(0.5)
            case "\"idea": log(0.4)
            case "\"talk": log(0.1)
            case "true": log(0.9)
            case "false": log(0.1)
            default: log(1e-9)
            }
        }
    }

    private func play(_ limits: String, _ kind: String = "bug", _ temperature: Double? = nil) async throws -> JSONValue
    {
        let stage = try Stage(Self.text(limits))
        let calibration = temperature.map { temperature in
            Calibration([
                Calibration.Field(
                    weights: "scripted", step: "class", pointer: "/kind", prompt: "p",
                    options: ["bug", "idea", "talk"], temperature: temperature, count: 20, suite: "s")
            ])
        }
        let configuration = RunConfiguration(
            workflow: stage.workflow, inputs: [:], outputDirectory: stage.folder.path("out"), modelName: "scripted",
            isDryRun: false, registry: stage.registry, operatorPolicy: nil, calibration: calibration)
        let verdict = try await Run.start(
            configuration, services: stage.services(on: model(kind)), currentDirectory: stage.folder.path
        ).execute()
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
        return try #require(try stage.output()["class"])
    }

    @Test func `a field whose option leads by too little goes to a person`() async throws {
        let result = try await play("min_margin: { /kind: 0.2, /urgent: 0.2 }")
        #expect(result["value"] == ["kind": .null, "urgent": true])
        #expect(result["escalated"] == ["/kind"])
        #expect(result["margin"] == ["/kind": 0.1, "/urgent": 0.8])
        #expect(result["outcome"] == "needs_person")
        let passed = try await play("min_margin: { /kind: 0.1 }")
        #expect(passed["value"]?["kind"] == "bug")
        #expect(passed["escalated"] == [])
        // Nobody asked for it.
        #expect(try await play("min_confidence: { /kind: 0.1 }")["margin"] == nil)
    }

    @Test func `an option that another one leads never passes`() async throws {
        let result = try await play("min_margin: { /kind: 0.01 }", "idea")
        #expect(result["margin"]?["/kind"] == -0.1)
        #expect(result["escalated"] == ["/kind"])
    }

    @Test func `a margin is worked out with the temperature`() async throws {
        // 0.25, 0.16 and 0.01 of 0.42: the lead is 0.214286.
        let result = try await play("min_margin: { /kind: 0.2 }", "bug", 0.5)
        #expect(result["margin"]?["/kind"] == 0.214286)
        #expect(result["escalated"] == [])
    }

    @Test func `a field that both limits refuse is told of once`() async throws {
        let result = try await play("min_confidence: { /kind: 0.6 }\n    min_margin: { /kind: 0.2 }")
        #expect(result["escalated"] == ["/kind"])
    }

    @Test func `what nobody can weigh doesn't pass`() async throws {
        let stage = try Stage(Self.text("min_margin: { /kind: 0.2 }"))
        _ = try await stage.play([("class", ["kind": "bug", "urgent": true])])
        #expect(try stage.output()["class"]?["escalated"] == ["/kind"])
    }
}
