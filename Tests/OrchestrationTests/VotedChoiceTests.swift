import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing
import WorkflowFormat

/// Votes that are counted beside what a model says of a choice.
@Suite struct VotedChoiceTests {
    private static let text = """
        workflow: voting
        description: A choice with votes.
        inputs:
          options: { type: file, default: options.jsonl }
          votes: { type: file, default: votes.jsonl }
          text: { type: string, trust: untrusted, default: It is grass. }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.options}", as: jsonl }
          - id: voters
            call: file.read
            with: { path: "${inputs.votes}", as: jsonl }
          - id: sort
            read: "${inputs.text}"
            instruction: Sort it.
            choices:
              "/*":
                { from: "${steps.load.rows}", field: field, id: name, show: means, by: name,
                  votes: "${steps.voters.rows}", vote_weight: 0.5 }
            schema: { type: object, properties: {}, additionalProperties: false }
        outputs:
          result: { json: "${steps.sort}", to: result.json }

        """
    private static let options = """
        {"field": "colour", "name": "red", "means": "warm"}
        {"field": "colour", "name": "green", "means": "as grass"}
        {"field": "size", "name": "large", "means": "more than a hand"}
        {"field": "size", "name": "small", "means": "less than a hand"}

        """
    /// Green leads; for a size nobody voted who may.
    private static let votes = """
        {"field": "colour", "name": "green", "share": 0.8}
        {"field": "colour", "name": "red", "share": 0.2}
        {"field": "size", "name": "huge", "share": 9}
        {"field": "size", "name": "large", "share": -1}
        {"field": "shape", "name": "large", "share": 1}
        {"name": "large", "share": 1}

        """

    private func stage(_ votes: String = Self.votes, text: String = Self.text) throws -> Stage {
        try Stage(text, files: ["options.jsonl": Self.options, "votes.jsonl": votes])
    }

    /// Writes red and small, and holds both for likelier than not.
    private func model() -> GatheringModel {
        GatheringModel([("sort", ["colour": "red", "size": "small"])]) { text in
            switch text {
            case "\"red": log(0.6)
            case "\"green": log(0.4)
            case "\"large": log(0.1)
            case "\"small": log(0.9)
            default: log(1e-9)
            }
        }
    }

    @Test func `votes turn a choice, and where nobody voted the model's counts`() async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model())
        #expect(try stage.output()["value"] == ["colour": "green", "size": "small"], "\(verdict)")
        // 0.5 · 0.4 + 0.5 · 0.8.
        #expect(try stage.output()["confidence"] == ["/colour": 0.6, "/size": 0.9])
        let body = try #require(stage.entries(verdict.run, .stepFinished).last { $0.step == "sort" }?.body)
        #expect(body["shares"]?["/colour"]?["votes"] == [0.2, 0.8])
        #expect(body["shares"]?["/colour"]?["vote_weight"] == 0.5)
        #expect(abs((body["shares"]?["/colour"]?["shares"]?[0]?.doubleValue ?? 0) - 0.6) < 1e-9)
        #expect(body["shares"]?["/size"]?["votes"] == nil)
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
        // Control arm: without votes for any of the options.
        let plain = try self.stage("{\"field\": \"shape\", \"name\": \"large\", \"share\": 1}\n")
        _ = try await plain.play(on: model())
        #expect(try plain.output()["value"] == ["colour": "red", "size": "small"])
    }

    @Test(arguments: [("0.45", "0.05", 0.525), ("8", "2", 0.6)])
    func `votes of less than one leave the model more, and of more than one count as one`(
        green: String, red: String, confidence: Double
    ) async throws {
        // 0.75 · 0.4 + 0.5 · 0.45, which leads; and 8 and 2 are 0.8 and 0.2.
        let text = Self.votes.replacing("0.8", with: green).replacing("\"share\": 0.2", with: "\"share\": \(red)")
        let stage = try stage(text)
        let verdict = try await stage.play(on: model())
        #expect(try stage.output()["value"] == ["colour": "green", "size": "small"], "\(verdict)")
        #expect(try stage.output()["confidence"]?["/colour"]?.doubleValue == confidence)
    }

    @Test func `what votes is part of where an answer came from`() async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model())
        let label = try #require(
            stage.entries(verdict.run, .stepFinished).last { $0.step == "sort" }?.body["label"])
        let steps = (label["sources"]?.arrayValue ?? []).compactMap { $0["step"]?.stringValue }
        #expect(steps.contains("voters"), "\(label)")
        // Control arm: the same step without votes.
        let text = Self.text.replacing(",\n          votes: \"${steps.voters.rows}\", vote_weight: 0.5", with: "")
        #expect(text != Self.text)
        let plain = try self.stage(text: text)
        let other = try await plain.play(on: model())
        let body = try #require(plain.entries(other.run, .stepFinished).last { $0.step == "sort" }?.body)
        #expect(!(body["label"]?["sources"]?.arrayValue ?? []).contains { $0["step"] == "voters" })
    }

    @Test func `other votes in the record than the run had don't replay`() async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model())
        let entries = try stage.journal.entries(of: verdict.run).map { entry in
            let text = entry.body.serialized(.compact).replacing(#""votes":[0.2,0.8]"#, with: #""votes":[0.1,0.9]"#)
            return entry.kind == .stepFinished ? entry.with(body: try JSONValue(parsing: text)) : entry
        }
        let replay = try await stage.replay(verdict.run, as: entries)
        #expect(!replay.isIdentical)
        #expect(replay.difference?.sentence.contains("other votes were counted") == true, "\(replay)")
    }

    @Test func `a calibration is of what votes count`() throws {
        let half = try stage().workflow
        let less = try stage(text: Self.text.replacing("vote_weight: 0.5", with: "vote_weight: 0.4")).workflow
        #expect(Run.promptDigests(of: half)["sort"] != nil)
        #expect(Run.promptDigests(of: half) != Run.promptDigests(of: less))
        #expect(Run.promptDigests(of: half) == Run.promptDigests(of: try stage().workflow))
    }
}
