import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing
import WorkflowFormat

/// Examples that are counted beside what a model says of a choice.
@Suite struct TaughtChoiceTests {
    private static let text = """
        workflow: learning
        description: A choice with examples.
        inputs:
          options: { type: file, default: options.jsonl }
          examples: { type: file, default: examples.jsonl }
          text: { type: string, trust: untrusted, default: It is grass. }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.options}", as: jsonl }
          - id: lessons
            call: file.read
            with: { path: "${inputs.examples}", as: jsonl }
          - id: sort
            read: "${inputs.text}"
            instruction: Sort it.
            choices:
              "/*":
                { from: "${steps.load.rows}", field: field, id: name, show: means, by: name,
                  examples: "${steps.lessons.rows}", example_weight: 0.9 }
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
    /// Of colours something was decided; of sizes nothing that there is.
    private static let examples = """
        {"text": "A tomato.", "values": {"colour": "red", "size": "huge"}}
        {"text": "A meadow of grass.", "values": {"colour": "green"}}
        {"text": "More grass.", "values": {"colour": "green", "shape": "large"}}
        {"text": "", "values": {"colour": "red"}}
        {"values": {"colour": "red"}}
        {"text": "A cherry.", "values": {"colour": "red"}}

        """

    private func stage(_ examples: String = Self.examples, text: String = Self.text) throws -> Stage {
        try Stage(text, files: ["options.jsonl": Self.options, "examples.jsonl": examples])
    }

    /// Writes red and small, and holds both for likelier than not. What has grass in it lies apart from all else.
    private func model(hasEmbeddings: Bool = true) -> GatheringModel {
        var embedding: (@Sendable (String) -> [Float])?
        if hasEmbeddings { embedding = { $0.contains("grass") ? [1, 0, 3] : [0, 1, 3] } }
        return GatheringModel(
            [("sort", ["colour": "red", "size": "small"])],
            likelihood: { text in
                switch text {
                case "\"red": log(0.6)
                case "\"green": log(0.4)
                case "\"large": log(0.1)
                case "\"small": log(0.9)
                default: log(1e-9)
                }
            }, embedding: embedding)
    }

    @Test func `examples turn a choice, and where none were decided the model's counts`() async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model())
        #expect(try stage.output()["value"] == ["colour": "green", "size": "small"], "\(verdict)")
        let body = try #require(stage.entries(verdict.run, .stepFinished).last { $0.step == "sort" }?.body)
        let votes = (body["shares"]?["/colour"]?["votes"]?.arrayValue ?? []).compactMap(\.doubleValue)
        // Six points in two places, three of each: without the ridge all would be said of green.
        try #require(votes.count == 2)
        #expect(votes[1] > 0.95 && abs(votes[0] + votes[1] - 1) < 1e-9, "\(votes)")
        // Four decided, and two options that say something of themselves.
        let weight = 0.9 * 4 / 6
        #expect(abs((body["shares"]?["/colour"]?["vote_weight"]?.doubleValue ?? 0) - weight) < 1e-9)
        #expect(abs((body["shares"]?["/colour"]?["shares"]?[0]?.doubleValue ?? 0) - 0.6) < 1e-9)
        let confidence = try stage.output()["confidence"]?["/colour"]?.doubleValue ?? 0
        #expect(abs(confidence - ((1 - weight) * 0.4 + weight * votes[1])) < 1e-6)
        #expect(body["shares"]?["/size"]?["votes"] == nil)
        #expect(try stage.output()["confidence"]?["/size"] == 0.9)
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
        // Control arm: a text that isn't like the green ones.
        let other = try self.stage(text: Self.text.replacing("It is grass.", with: "It is a brick."))
        _ = try await other.play(on: model())
        #expect(try other.output()["value"] == ["colour": "red", "size": "small"])
    }

    @Test func `what the model holds alone stands beside what examples make of it`() async throws {
        let text = Self.text.replacing(
            "instruction: Sort it.", with: "instruction: Sort it.\n    min_confidence: { \"/*\": 0 }\n    shares: true")
        let stage = try stage(text: text)
        let verdict = try await stage.play(on: model())
        let output = try stage.output()
        #expect(output["model_shares"]?["/colour"] == ["red": 0.6, "green": 0.4], "\(verdict)")
        #expect((output["shares"]?["/colour"]?["green"]?.doubleValue ?? 0) > 0.7)
        #expect(output["model_shares"]?["/size"] == output["shares"]?["/size"])
    }

    @Test(arguments: [
        #"{"text": "Grass.", "values": {}}"#, #"{"text": "Grass.", "values": {"shape": "large", "colour": 7}}"#,
    ])
    func `without a decided example the options alone count nothing`(examples: String) async throws {
        let stage = try stage(examples + "\n")
        let verdict = try await stage.play(on: model())
        #expect(try stage.output()["value"] == ["colour": "red", "size": "small"], "\(verdict)")
        let body = try #require(stage.entries(verdict.run, .stepFinished).last { $0.step == "sort" }?.body)
        #expect(body["shares"]?["/colour"]?["votes"] == nil)
    }

    @Test func `a model without embeddings sorts without examples`() async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model(hasEmbeddings: false))
        #expect(try stage.output()["value"] == ["colour": "red", "size": "small"], "\(verdict)")
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "")")
    }

    @Test func `a list without one example is refused`() async throws {
        let stage = try stage(#"{"line": "Grass.", "decided": {"colour": "green"}}"# + "\n")
        let verdict = try await stage.play(on: model())
        #expect(
            verdict.reason?.contains("none has a text under `text` and an object under `values`") == true, "\(verdict)")
        #expect(verdict.exitCode == 65)
    }

    @Test func `examples are part of where an answer came from`() async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model())
        let label = try #require(
            stage.entries(verdict.run, .stepFinished).last { $0.step == "sort" }?.body["label"])
        let steps = (label["sources"]?.arrayValue ?? []).compactMap { $0["step"]?.stringValue }
        #expect(steps.contains("lessons"), "\(label)")
        // Control arm: the same step without examples.
        let text = Self.text.replacing(
            ",\n          examples: \"${steps.lessons.rows}\", example_weight: 0.9", with: "")
        #expect(text != Self.text)
        let plain = try self.stage(text: text)
        let other = try await plain.play(on: model())
        let body = try #require(plain.entries(other.run, .stepFinished).last { $0.step == "sort" }?.body)
        #expect(!(body["label"]?["sources"]?.arrayValue ?? []).contains { $0["step"] == "lessons" })
    }

    /// Votes that prefer another option than was taken, that are no whole, and that count otherwise.
    @Test(arguments: [
        (#""votes":\[[^\]]*\]"#, #""votes":[0.9,0.1]"#, "an option was taken that its shares don't prefer"),
        (#""votes":\[[^\]]*\]"#, #""votes":[0,0.6]"#, "examples were counted for `/colour` that the run doesn't have"),
        (
            #""vote_weight":[0-9.]*"#, #""vote_weight":0.7"#,
            "examples were counted for `/colour` that the run doesn't have"
        ),
    ])
    func `a record that says otherwise of examples doesn't replay`(
        old: String, new: String, reason: String
    ) async throws {
        let stage = try stage()
        let verdict = try await stage.play(on: model())
        let pattern = try Regex(old)
        var isChanged = false
        let entries = try stage.journal.entries(of: verdict.run).map { entry in
            let was = entry.body.serialized(.compact)
            let text = was.replacing(pattern, with: new)
            isChanged = isChanged || entry.kind == .stepFinished && text != was
            return entry.kind == .stepFinished ? entry.with(body: try JSONValue(parsing: text)) : entry
        }
        #expect(isChanged)
        let replay = try await stage.replay(verdict.run, as: entries)
        #expect(replay.difference?.sentence.contains(reason) == true, "\(replay)")
        // Control arm.
        #expect(try await stage.replay(verdict.run).isIdentical)
    }

    @Test func `a calibration is of what examples count`() throws {
        let most = try stage().workflow
        let less = try stage(text: Self.text.replacing("example_weight: 0.9", with: "example_weight: 0.4")).workflow
        #expect(Run.promptDigests(of: most)["sort"] != nil)
        #expect(Run.promptDigests(of: most) != Run.promptDigests(of: less))
        #expect(Run.promptDigests(of: most) == Run.promptDigests(of: try stage().workflow))
    }
}
