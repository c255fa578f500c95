import Evaluation
import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

@Suite struct EvaluatorTests {
    private static let text = """
        suite: letters
        workflow: w
        inputs: { letters: "${items}", mode: plain }
        items: items.jsonl
        gold: gold.jsonl
        items_per_run: 2
        output: out.jsonl
        scores:
          - { name: kind, scorer: exact, abstention: true }
          - { name: size, scorer: one_step_away, order: [s, m, l] }
        """

    private func folder(_ changes: [String: String] = [:]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        var files = [
            "suite.yaml": Self.text,
            "items.jsonl": (1...5).map { "{\"id\": \"i\($0)\", \"text\": \"t\($0)\"}\n" }.joined(),
            "gold.jsonl": (1...5).map { "{\"id\": \"i\($0)\", \"kind\": \"k\", \"size\": \"m\"}\n" }.joined(),
        ]
        files.merge(changes) { $1 }
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    /// Answers every item of a batch as `answer` says; nil leaves it out.
    private func perform(
        _ batch: Evaluator.Batch, _ answer: (String) -> JSONValue?
    ) throws -> Evaluator.Outcome {
        let items = try String(contentsOfFile: batch.inputs["letters"] ?? "", encoding: .utf8)
        let rows = try items.split(separator: "\n").compactMap { line -> String? in
            let id = try JSONValue(parsing: Array(line.utf8))["id"]?.stringValue ?? ""
            return answer(id).map { $0.serialized(.compact) }
        }
        try FileManager.default.createDirectory(atPath: batch.output, withIntermediateDirectories: true)
        try rows.joined(separator: "\n").write(toFile: batch.output + "/out.jsonl", atomically: true, encoding: .utf8)
        var cost = Cost()
        cost.runs = 1
        cost.tokens = 10
        return Evaluator.Outcome(exit: 2, cost: cost)
    }

    private func evaluator(_ folder: TemporaryFolder, subject: JSONValue = ["model": "m"]) throws -> Evaluator {
        Evaluator(
            try Suite(SuiteDefinition.load(path: folder.path)), directory: folder.path("evaluation"), subject: subject)
    }

    @Test func `where a run takes a member of one item, its whole file is the answer`() async throws {
        let text = Self.text.replacing("${items}", with: "${data}/${item.text}.md")
            .replacing("items_per_run: 2\n", with: "")
        let folder = try folder(["suite.yaml": text])
        var taken: [String] = []
        let result = try await evaluator(folder).run { batch, _ in
            let path = batch.inputs["letters"] ?? ""
            taken.append(path)
            try FileManager.default.createDirectory(atPath: batch.output, withIntermediateDirectories: true)
            let kind = path.hasSuffix("t2.md") ? "other" : "k"
            try "{\n\"kind\": \"\(kind)\"\n}\n".write(
                toFile: batch.output + "/out.jsonl", atomically: true, encoding: .utf8)
            return Evaluator.Outcome(exit: 0, cost: Cost())
        }
        #expect(taken == (1...5).map { folder.path("t\($0).md") })
        #expect(result.scores.first?.value == 0.8 && result.scores.first?.failures.map(\.id) == ["i2"])
        let whole = text.replacing("scorer: exact,", with: "scorer: exact, gold: \"\",")
            .replacing("items: items.jsonl", with: "items: gold.jsonl").replacing("item.text", with: "item.id")
        let hidden = try self.folder(["suite.yaml": whole])
        _ = try await evaluator(hidden).run { batch, _ in
            let shown = try String(
                contentsOfFile: hidden.path("evaluation/batch-\(batch.index)/items.jsonl"), encoding: .utf8)
            #expect(shown == "{\"id\":\"i\(batch.index + 1)\"}\n")
            return Evaluator.Outcome(exit: 0, cost: Cost())
        }
        let missing = try self.folder(["suite.yaml": text.replacing("item.text", with: "item.file")])
        await #expect {
            try await evaluator(missing).run { _, _ in Evaluator.Outcome(exit: 0, cost: Cost()) }
        } throws: {
            "\($0)".contains("the item `i1` has no text `file`")
        }
    }

    @Test func `batches are run, answers matched by identifier and every figure made`() async throws {
        let folder = try folder()
        var sizes: [Int] = []
        let result = try await evaluator(folder).run { batch, began in
            try began("run-\(batch.index)")
            #expect(batch.count == 3 && batch.inputs["mode"] == "plain" && batch.unfinishedRun == nil)
            sizes.append(
                try String(contentsOfFile: batch.inputs["letters"] ?? "", encoding: .utf8).split(separator: "\n").count)
            return try perform(batch) { id in
                switch id {
                case "i1": ["id": .string(id), "kind": "k", "size": "l"]
                case "i2": ["id": .string(id), "kind": .null, "size": "m"]
                case "i3": ["id": .string(id), "kind": "other", "size": "m"]
                case "i4": nil
                default: ["id": .string(id), "kind": "k", "size": "m"]
                }
            }
        }
        #expect(sizes == [2, 2, 1])
        #expect(result.scores.map(\.name) == ["kind", "kind.coverage", "kind.answered", "size"])
        #expect(result.scores.map(\.value) == [0.4, 0.6, 2.0 / 3, 0.8])
        #expect(result.scores[0].failures.map(\.run) == ["run-0", "run-1", nil])
        #expect(result.cost.tokens == 30 && result.cost.runs == 3)
        #expect(result.successes == 2)
        #expect(result.json["type"] == "evaluation" && result.json["n"] == 5)
        #expect(result.json["scores"]?["kind"]?["value"]?.doubleValue == 0.4)
    }

    private struct Killed: Error {}

    @Test func `a killed evaluation goes on with the run it was in and repeats nothing`() async throws {
        let folder = try folder()
        let right: (String) -> JSONValue? = { ["id": .string($0), "kind": "k", "size": "m"] }
        await #expect(throws: Killed.self) {
            _ = try await evaluator(folder).run { batch, began in
                try began("run-\(batch.index)")
                guard batch.index == 0 else { throw Killed() }
                return try perform(batch, right)
            }
        }
        // What a crash cuts off is the end of the last line.
        let log = folder.path("evaluation/progress.jsonl")
        try (String(contentsOfFile: log, encoding: .utf8) + "{\"batch\":1,\"ru")
            .write(toFile: log, atomically: true, encoding: .utf8)
        var asked: [(Int, String?)] = []
        let result = try await evaluator(folder).run { batch, began in
            asked.append((batch.index, batch.unfinishedRun))
            if batch.unfinishedRun == nil { try began("run-\(batch.index)") }
            return try perform(batch, right)
        }
        #expect(asked.map(\.0) == [1, 2])
        #expect(asked.map(\.1) == ["run-1", nil])
        #expect(result.scores[0].value == 1 && result.cost.runs == 3)
        // Finished: nothing is run again, and the result is the same.
        let again = try await evaluator(folder).run { _, _ in throw Killed() }
        #expect(again.scores == result.scores && again.cost == result.cost && again.runsFromBefore == 3)
    }

    @Test func `a folder with another evaluation is refused`() async throws {
        let folder = try folder()
        _ = try await evaluator(folder).run { batch, began in
            try began("r")
            return try perform(batch) { ["id": .string($0), "kind": "k", "size": "m"] }
        }
        let error = await #expect(throws: SuiteError.self) {
            _ = try await evaluator(folder, subject: ["model": "another"]).run { _, _ in throw Killed() }
        }
        #expect(error?.description.contains("--output") == true)
    }

    @Test func `a failed run is said and its items are wrong, a full disk ends the evaluation`() async throws {
        let folder = try folder()
        let result = try await evaluator(folder).run { batch, began in
            try began("run-\(batch.index)")
            guard batch.index == 1 else {
                return try perform(batch) { ["id": .string($0), "kind": "k", "size": "m"] }
            }
            return Evaluator.Outcome(exit: 4, cost: Cost())
        }
        #expect(result.failedRuns.map(\.exit) == [4])
        #expect(result.scores[0].value == 0.6)
        let other = try self.folder()
        let stopped = await #expect(throws: EvaluationStopped.self) {
            _ = try await evaluator(other).run { batch, began in
                try began("r")
                return Evaluator.Outcome(exit: 74, cost: Cost())
            }
        }
        #expect(stopped?.exit == 74)
    }

    @Test(arguments: [
        ("gold.jsonl", "{\"id\": \"i1\"}\n{broken\n", "line 2"),
        ("gold.jsonl", "{\"id\": \"i1\"}\n{\"id\": \"i1\"}\n", "line 2: `i1` occurs twice"),
        ("gold.jsonl", "{\"name\": \"i1\"}\n", "line 1: it has no text `id`"),
        ("gold.jsonl", "{\"id\": \"i1\", \"knd\": \"k\"}\n", "no line of the gold file has `/kind`"),
        ("gold.jsonl", "\n", "no line of the gold file has `/kind`"),
        ("gold.jsonl", "[1]", "line 1: it is no JSON object"), ("gold.jsonl", "[1", "begins like a JSON list"),
        ("gold.jsonl", "{\"id\": \"i1\", \"kind\": \"k\", \"size\": \"m\"}\n", "no line for the item `i2`"),
        ("items.jsonl", "\n", "its items file is empty"),
    ])
    func `a file that can't be used is named with its line`(file: String, text: String, problem: String) throws {
        let folder = try folder([file: text])
        let definition = try SuiteDefinition.load(path: folder.path)
        let error = #expect(throws: SuiteError.self) { _ = try Suite(definition) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func `gold members that no figure names are left alone`() throws {
        let folder = try folder([
            "gold.jsonl": (1...5).map { "{\"id\": \"i\($0)\", \"kind\": \"k\", \"size\": \"m\", \"note\": [1]}\n" }
                .joined()
        ])
        #expect(try Suite(SuiteDefinition.load(path: folder.path)).gold.count == 5)
    }

    @Test func `the page shows figures and failures, and what an answer says is no markup`() async throws {
        let folder = try folder()
        let result = try await evaluator(folder).run { batch, began in
            try began("run-\(batch.index)")
            return try perform(batch) { ["id": .string($0), "kind": "<script>alert(1)</script>", "size": "m"] }
        }
        let page = try EvaluationPage([result, result], comparisons: result.compared(with: result.itemParts)).html()
        #expect(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script"))
        #expect(page.contains("kind.coverage") && page.contains("<svg") && page.contains("Second against first"))
        #expect(!page.contains("://") && !page.contains("src="), "nothing is fetched")
    }
}
