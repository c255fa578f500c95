import Evaluation
import JSONSchemas
import TestSupport
import Testing

/// Two evaluations side by side.
@Suite struct ComparedEvaluationsTests {
    /// An evaluation of the items `ids`, answered `answers`, with all of them right as `k`.
    private func result(_ ids: [String], _ answers: [String], scorer: String = "exact") async throws -> EvaluationResult
    {
        let letters = try LetterSuite([
            "suite.yaml": LetterSuite.text.replacing("scorer: exact", with: "scorer: \(scorer)"),
            "items.jsonl": ids.map { "{\"id\": \"\($0)\"}\n" }.joined(),
            "gold.jsonl": ids.map { "{\"id\": \"\($0)\", \"kind\": \"k\"}\n" }.joined(),
        ])
        let kinds = Dictionary(uniqueKeysWithValues: zip(ids, answers))
        return try await letters.evaluator().run { batch, began in
            try began("run-\(batch.index)")
            let rows = try letters.shown(batch).compactMap { $0["id"]?.stringValue }
                .map { "{\"id\": \"\($0)\", \"kind\": \"\(kinds[$0] ?? "")\"}" }
            try letters.folder.write(
                rows.joined(separator: "\n"), to: "evaluation/batch-\(batch.index)/run/out.jsonl")
            return LetterSuite.outcome(exit: 0)
        }
    }

    @Test func `items are matched by identifier, whatever their order`() async throws {
        let first = try await result(["a", "b", "c"], ["k", "k", "z"])
        let second = try await result(["c", "a", "b"], ["z", "k", "k"])
        let comparison = try #require(second.compared(with: first.itemParts).first)
        #expect(comparison.comparison.difference == 0 && comparison.comparison.secondBetter == 0)
        #expect(comparison.count == 3 && comparison.leftOut == 0)
    }

    @Test func `items of one evaluation only are left out and counted, and without common ones there is no comparison`()
        async throws
    {
        let first = try await result(["a", "b", "c"], ["z", "k", "k"])
        let second = try await result(["a", "b", "x", "y"], ["k", "k", "z", "z"])
        let comparison = try #require(second.compared(with: first.itemParts).first)
        #expect(comparison.count == 2 && comparison.leftOut == 3)
        #expect(comparison.comparison.difference == 0.5 && comparison.comparison.secondBetter == 1)
        #expect(comparison.json["n"] == 2 && comparison.json["left_out"] == 3)
        let others = try await result(["x", "y", "z"], ["k", "k", "k"])
        #expect(others.compared(with: first.itemParts) == [])
    }

    @Test func `what is kept of an evaluation reads back`() async throws {
        for scorer in ["exact", "precision_recall_f1", "b_cubed"] {
            let first = try await result(["a", "b", "c"], ["z", "k", "k"], scorer: scorer)
            let json = try #require(first.detailed["items"])
            let parsed = try JSONValue(parsing: json.serializedBytes())
            let read = try #require(ItemParts(fromJSON: parsed))
            #expect(read == first.itemParts)
            #expect(first.compared(with: read).first?.comparison.p == 1)
            #expect(first.detailed["gold"]?.stringValue?.count == 64)
        }
        #expect(ItemParts(fromJSON: ["kind": [1, 0]]) == nil)
        #expect(ItemParts(fromJSON: ["kind": ["measure": "f1", "parts": ["a": [1]]]]) == nil)
    }

    @Test func `a figure that is made in another way is not compared`() async throws {
        let first = try await result(["a", "b"], ["z", "k"])
        let second = try await result(["a", "b"], ["z", "k"], scorer: "precision_recall_f1")
        #expect(second.compared(with: first.itemParts) == [])
        #expect(second.compared(with: second.itemParts).count == 1)
    }
}
