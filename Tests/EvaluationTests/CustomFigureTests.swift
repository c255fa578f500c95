import Evaluation
import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// Figures that a suite's own program makes, and suites whose data lies elsewhere.
@Suite struct CustomFigureTests {
    private let folder: TemporaryFolder
    private let suite: Suite

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            suite: letters
            workflow: .
            inputs: { text: "${items}", more: "${data}/more.txt" }
            items: "${data}/letters.jsonl"
            gold: "${data}/letters.jsonl"
            output: out.jsonl
            scores:
              - { name: own, scorer: command, answer: /kind, gold: /kind, command: [python3, own.py] }
            """, to: "suite/suite.yaml")
        try folder.write(
            #"{"id":"a","text":"x","kind":"one"}"# + "\n" + #"{"id":"b","text":"y","kind":"two"}"# + "\n",
            to: "data/letters.jsonl")
        suite = try Suite(SuiteDefinition.load(path: folder.path("suite")), data: folder.path("data"))
    }

    private func score(printed: String) async throws -> [Score] {
        let answers = ["a": Suite.Answer(run: "r", row: ["kind": "one"])]
        return try await suite.scores(answers) { argv, input in
            #expect(argv == ["python3", "own.py"])
            #expect(
                input == #"{"id":"a","answer":"one","gold":"one"}"# + "\n" + #"{"id":"b","gold":"two"}"# + "\n")
            return printed
        }
    }

    @Test func `what is to be found out is no part of the items`() async throws {
        let evaluator = Evaluator(suite, directory: folder.path("evaluation"), subject: [:])
        _ = try await evaluator.run { batch, _ in
            #expect(batch.inputs["more"] == folder.path("data/more.txt"))
            let items = try String(contentsOfFile: batch.inputs["text"] ?? "", encoding: .utf8)
            #expect(items == #"{"id":"a","text":"x"}"# + "\n" + #"{"id":"b","text":"y"}"# + "\n")
            return Evaluator.Outcome(exit: 0, cost: Cost())
        } command: { _, _ in
            "0\n0\n"
        }
        #expect(suite.gold.map { $0.value["kind"] } == ["one", "two"])
    }

    @Test func `the program reads each item and its numbers make the figure`() async throws {
        let score = try #require(try await score(printed: "1\n0.5\n").first)
        #expect(score.value == 0.75 && score.count == 2 && score.failures.map(\.id) == ["b"])
    }

    @Test func `null leaves an item out`() async throws {
        let score = try #require(try await score(printed: "null\n0\n").first)
        #expect(score.value == 0 && score.count == 1)
    }

    @Test(arguments: ["1\n", "1\n2\n", "1\nyes\n", "", "1\n1\n1\n"])
    func `anything else is an error that names the figure`(printed: String) async throws {
        await #expect { try await score(printed: printed) } throws: { error in
            "\(error)".hasPrefix("Can't score `own`: its command printed")
        }
    }
}
