import Evaluation
import Foundation
import JSONSchemas
import TestSupport
import WorkflowFormat

/// A suite of five letters in a folder of its own, and runs that answer it as a test wants.
struct LetterSuite {
    static let text = """
        suite: letters
        workflow: w
        inputs: { letters: "${items}", labels: labels.json, mode: plain }
        items: items.jsonl
        gold: gold.jsonl
        items_per_run: 2
        output: out.jsonl
        scores:
          - { name: kind, scorer: exact }

        """

    let folder: TemporaryFolder

    init(_ changes: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        var files = [
            "suite.yaml": Self.text, "labels.json": "[\"k\"]", "items.jsonl": Self.items(1...5),
            "gold.jsonl": (1...5).map { "{\"id\": \"i\($0)\", \"kind\": \"k\"}\n" }.joined(),
        ]
        files.merge(changes) { $1 }
        for (name, text) in files { try folder.write(text, to: name) }
    }

    static func items(_ numbers: ClosedRange<Int>, text: String = "t") -> String {
        numbers.map { "{\"id\": \"i\($0)\", \"text\": \"\(text)\($0)\"}\n" }.joined()
    }

    func evaluator(
        limit: Int? = nil, subject: JSONValue = ["model": "m"], defaults: [String: String] = [:]
    ) throws -> Evaluator {
        Evaluator(
            try Suite(SuiteDefinition.load(path: folder.path), limit: limit), directory: folder.path("evaluation"),
            subject: subject, defaults: defaults)
    }

    /// What a run sees of its items.
    func shown(_ batch: Evaluator.Batch) throws -> [JSONValue] {
        try String(contentsOfFile: batch.inputs["letters"] ?? "", encoding: .utf8).split(separator: "\n")
            .map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// Writes a run's answers: `kind` for each item, and these rows.
    func answer(_ batch: Evaluator.Batch, kind: String = "k", more rows: [String] = []) throws {
        let lines = try shown(batch).map { "{\"id\": \"\($0["id"]?.stringValue ?? "")\", \"kind\": \"\(kind)\"}" }
        try FileManager.default.createDirectory(atPath: batch.output, withIntermediateDirectories: true)
        try (lines + rows).joined(separator: "\n")
            .write(toFile: batch.output + "/out.jsonl", atomically: true, encoding: .utf8)
    }

    /// Evaluates with runs that are right, and says which batches were run.
    func evaluate(limit: Int? = nil) async throws -> (result: EvaluationResult, taken: [Int]) {
        var taken: [Int] = []
        let result = try await evaluator(limit: limit).run { batch, began in
            try began("run-\(batch.index)")
            taken.append(batch.index)
            try answer(batch)
            return Self.outcome(exit: 0)
        }
        return (result, taken)
    }

    /// A run's end at the price of ten tokens.
    static func outcome(exit: Int) -> Evaluator.Outcome {
        var cost = Cost()
        cost.runs = 1
        cost.tokens = 10
        return Evaluator.Outcome(exit: exit, cost: cost)
    }
}
