import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing
import WorkflowFormat

/// Confidence by the temperatures beside a workflow.
@Suite struct CalibratedRunTests {
    private static let text = """
        workflow: sure
        description: One reading.
        inputs: { notes: { type: string, trust: untrusted, default: It crashes. } }
        tools: []
        policy: { tools: {} }
        steps:
          - id: class
            read: "${inputs.notes}"
            instruction: What is it?
            min_confidence: { /kind: 0.2 }
            schema:
              type: object
              properties: { kind: { enum: [bug, idea] } }
              required: [kind]
              additionalProperties: false
        outputs:
          result: { json: { class: "${steps.class}" }, to: result.json }

        """

    private func model() -> GatheringModel {
        GatheringModel([("class", ["kind": "bug"])]) { text in
            switch text {
            case "\"bug": log(0.2)
            case "\"idea": log(0.6)
            default: log(1e-9)
            }
        }
    }

    private func calibration(
        _ temperature: Double, options: [JSONValue] = ["bug", "idea"], weights: String = "scripted",
        offsets: [Double] = []
    ) -> Calibration {
        Calibration([
            Calibration.Field(
                weights: weights, step: "class", pointer: "/kind", prompt: "p", options: options,
                temperature: temperature, count: 20, suite: "s", offsets: offsets)
        ])
    }

    private func play(_ stage: Stage, _ calibration: Calibration?) async throws -> RunVerdict {
        let configuration = RunConfiguration(
            workflow: stage.workflow, inputs: [:], outputDirectory: stage.folder.path("out"), modelName: "scripted",
            isDryRun: false, registry: stage.registry, operatorPolicy: nil, calibration: calibration)
        return try await Run.start(
            configuration, services: stage.services(on: model()), currentDirectory: stage.folder.path
        ).execute()
    }

    @Test func `confidence is worked out with the temperature, and the record has the model's own shares`() async throws
    {
        let plain = try Stage(Self.text)
        _ = try await play(plain, nil)
        #expect(try plain.output()["class"]?["confidence"] == ["/kind": 0.25])
        #expect(try plain.output()["class"]?["escalated"] == [])
        // 0.25² / (0.25² + 0.75²) is 0.1, which is below the limit.
        let stage = try Stage(Self.text)
        let verdict = try await play(stage, calibration(0.5))
        #expect(try stage.output()["class"]?["confidence"] == ["/kind": 0.1])
        #expect(try stage.output()["class"]?["escalated"] == ["/kind"])
        let body = try #require(stage.entries(verdict.run, .stepFinished).first?.body)
        #expect(abs((body["shares"]?["/kind"]?["shares"]?[0]?.doubleValue ?? 0) - 0.25) < 1e-9)
        #expect(body["shares"]?["/kind"]?["temperature"] == 0.5)
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
    }

    @Test func `the option that offsets prefer is taken, and replays`() async throws {
        let stage = try Stage(Self.text)
        let verdict = try await play(stage, calibration(1, offsets: [0, 1]))
        // The model writes a bug; 0.25 and 0.75 · e make it an idea.
        #expect(try stage.output()["class"]?["value"] == ["kind": "idea"])
        #expect(try stage.output()["class"]?["confidence"]?["/kind"]?.doubleValue == 0.890768)
        let body = try #require(stage.entries(verdict.run, .stepFinished).first?.body)
        #expect(body["written"] == ["kind": "idea"])
        #expect(body["shares"]?["/kind"]?["offsets"]?[1]?.doubleValue == 1)
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
        // Control arm: without offsets what the model writes counts, whatever is likelier.
        let plain = try Stage(Self.text)
        _ = try await play(plain, calibration(1))
        #expect(try plain.output()["class"]?["value"] == ["kind": "bug"])
    }

    @Test func `another option in the record than the offsets prefer doesn't replay`() async throws {
        let stage = try Stage(Self.text)
        let verdict = try await play(stage, calibration(1, offsets: [0, 1]))
        let entries = try stage.journal.entries(of: verdict.run).map { entry in
            let text = entry.body.serialized(.compact)
                .replacing(#""written":{"kind":"idea"}"#, with: #""written":{"kind":"bug"}"#)
            return entry.kind == .stepFinished ? entry.with(body: try JSONValue(parsing: text)) : entry
        }
        let replay = try await stage.replay(verdict.run, as: entries)
        #expect(!replay.isIdentical)
        #expect(replay.difference?.sentence.contains("its shares don't prefer") == true, "\(replay)")
    }

    @Test func `what was weighed says which item of a loop it was about`() async throws {
        let loop = """
            steps:
              - id: load
                call: file.read
                with: { path: "${inputs.notes}", as: jsonl }
              - id: class
                for_each: "${steps.load.rows}"
                as: note

            """
        let text = Self.text
            .replacing("type: string, trust: untrusted, default: It crashes.", with: "type: file, default: notes.jsonl")
            .replacing("tools: []", with: "tools: [file.read]")
            .replacing("{ tools: {} }", with: "{ tools: { file.read: { decision: allow } } }")
            .replacing("steps:\n  - id: class\n", with: loop)
            .replacing("read: \"${inputs.notes}\"", with: "read: \"${note.text}\"")
        let notes = "{\"id\": \"n7\", \"text\": \"It crashes.\"}\n{\"text\": \"It hums.\"}\n"
        let stage = try Stage(text, files: ["notes.jsonl": notes])
        let model = GatheringModel([("class[0]", ["kind": "bug"]), ("class[1]", ["kind": "bug"])]) { _ in log(0.5) }
        let verdict = try await stage.play(on: model)
        #expect(verdict.outcome == .done, "\(verdict)")
        let bodies = try stage.entries(verdict.run, .stepFinished).map(\.body).filter { $0["shares"] != nil }
        #expect(bodies.map { $0["item"] } == ["n7", nil])
    }

    @Test func `a temperature for other options counts for nothing`() async throws {
        let stage = try Stage(Self.text)
        _ = try await play(stage, calibration(0.5, options: ["bug", "wish"]))
        #expect(try stage.output()["class"]?["confidence"] == ["/kind": 0.25])
    }

    @Test func `a temperature of other weights counts for nothing`() async throws {
        let stage = try Stage(Self.text)
        let verdict = try await play(stage, calibration(0.5, weights: "others"))
        #expect(try stage.output()["class"]?["confidence"] == ["/kind": 0.25])
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
    }

    @Test func `another temperature in the record than the run began with doesn't replay`() async throws {
        let stage = try Stage(Self.text)
        let verdict = try await play(stage, calibration(0.5))
        let entries = try stage.journal.entries(of: verdict.run).map { entry in
            let text = entry.body.serialized(.compact).replacing(#""temperature":0.5"#, with: #""temperature":0.75"#)
            return entry.kind == .stepFinished ? entry.with(body: try JSONValue(parsing: text)) : entry
        }
        let replay = try await stage.replay(verdict.run, as: entries)
        #expect(!replay.isIdentical)
        #expect(replay.difference?.sentence.contains("another temperature") == true, "\(replay)")
    }
}
