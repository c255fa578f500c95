import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing
import WorkflowFormat

/// `shares: true`: how likely each option is, as a part of the result.
@Suite struct OptionSharesTests {
    private static func text(_ extra: String) -> String {
        """
        workflow: shares
        description: One reading.
        inputs:
          rows: { type: file, default: rows.jsonl }
          note: { type: string, trust: untrusted, default: It crashes. }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: class
            read: "${inputs.note}"
            instruction: What is it?
            min_confidence: { /urgent: 0, /topic: 0.5 }
            \(extra)
            choices:
              /topic: { from: "${steps.load.rows}", id: number, show: text, none: true }
            schema:
              type: object
              properties: { urgent: { type: boolean }, topic: { type: string } }
              required: [urgent, topic]
              additionalProperties: false
        outputs:
          result: { json: { class: "${steps.class}" }, to: result.json }

        """
    }

    private func stage(_ extra: String) throws -> Stage {
        try Stage(
            Self.text(extra),
            files: ["rows.jsonl": "{\"number\": 7, \"text\": \"maps\"}\n{\"number\": 8, \"text\": \"routes\"}\n"])
    }

    /// 0.9 urgent; 0.4 the first row, 0.35 the second one, 0.25 none of them.
    private var model: GatheringModel {
        GatheringModel([("class", ["urgent": true, "topic": "A"])]) { text in
            switch text {
            case "true": log(0.9)
            case "false": log(0.1)
            case "\"A": log(0.4)
            case "\"B": log(0.35)
            case "\"none": log(0.25)
            default: log(1e-9)
            }
        }
    }

    @Test func `each option's share stands under what the option is called, also of a field that nobody is sure of`()
        async throws
    {
        let stage = try stage("shares: true")
        let verdict = try await stage.play(on: model)
        let result = try stage.output()["class"]
        #expect(
            result?["shares"]
                == [
                    "/topic": ["7": 0.4, "8": 0.35, "none": 0.25], "/urgent": ["true": 0.9, "false": 0.1],
                ], "\(verdict)")
        // Nothing is counted beside the model here.
        #expect(result?["model_shares"] == result?["shares"])
        #expect(result?["escalated"] == ["/topic"])
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
        // Control arm: nobody asked for them.
        let plain = try self.stage("shares: false")
        _ = try await plain.play(on: model)
        let unasked = try #require(try plain.output()["class"])
        #expect(unasked["shares"] == nil && unasked["model_shares"] == nil, "\(unasked)")
    }

    @Test func `who doesn't tell how sure it is gives none`() async throws {
        let stage = try stage("shares: true")
        _ = try await stage.play([("class", ["urgent": true, "topic": "A"])])
        #expect(try stage.output()["class"]?["shares"] == [:])
    }
}
