import Evaluation
import Foundation
import JSONSchemas
import TestSupport
import Testing

/// When answers from before are used, and when they are not.
@Suite struct KeptAnswersTests {
    private let letters: LetterSuite

    init() throws {
        letters = try LetterSuite()
    }

    private func refusal() async throws -> String {
        let error = await #expect(throws: SuiteError.self) { _ = try await letters.evaluate() }
        return error?.description ?? ""
    }

    @Test func `unchanged files need no run, and that is said`() async throws {
        let first = try await letters.evaluate()
        #expect(first.taken == [0, 1, 2] && first.result.runsFromBefore == 0 && first.result.origin == nil)
        let again = try await letters.evaluate()
        #expect(again.taken == [] && again.result.scores == first.result.scores)
        #expect(again.result.origin == "3 of 3 runs were taken from before.")
        #expect(again.result.json["runs_from_before"] == 3)
    }

    @Test(arguments: [
        ("items.jsonl", LetterSuite.items(1...5, text: "other "), "the items changed"),
        ("labels.json", "[\"other\"]", "the input `labels` changed"),
        ("suite.yaml", LetterSuite.text.replacing("plain", with: "fancy"), "the input `mode` changed"),
        ("suite.yaml", LetterSuite.text.replacing("run: 2", with: "run: 3"), "the items changed"),
        ("suite.yaml", LetterSuite.text.replacing("out.jsonl", with: "new.jsonl"), "the file with the answers changed"),
    ])
    func `answers to something else are not taken for new ones`(
        file: String, text: String, sentence: String
    ) async throws {
        let before = try letters.folder.text(of: file)
        _ = try await letters.evaluate()
        try letters.folder.write(text, to: file)
        let refusal = try await refusal()
        #expect(refusal.contains(sentence) && refusal.contains("--output"), "\(refusal)")
        // The files as they were are gone on with.
        try letters.folder.write(before, to: file)
        #expect(try await letters.evaluate().taken == [])
    }

    @Test func `a default of the workflow counts like an input`() async throws {
        try letters.folder.write("one", to: "sample.md")
        func evaluate() async throws {
            let defaults = ["sample": letters.folder.path("sample.md")]
            _ = try await letters.evaluator(defaults: defaults).run { batch, _ in
                try letters.answer(batch)
                return LetterSuite.outcome(exit: 0)
            }
        }
        try await evaluate()
        try await evaluate()
        try letters.folder.write("two", to: "sample.md")
        await #expect {
            try await evaluate()
        } throws: {
            "\($0)".contains("the input `sample` changed")
        }
    }

    @Test func `a folder counts by what it holds, as the runs themselves leave it`() async throws {
        let text = LetterSuite.text.replacing("mode: plain", with: "mode: place")
        let letters = try LetterSuite(["suite.yaml": text, "place/a/b.txt": "one"])
        func evaluate(failing: Int? = nil) async throws -> [Int] {
            var taken: [Int] = []
            _ = try await letters.evaluator().run { batch, began in
                try began("run-\(batch.index)")
                taken.append(batch.index)
                try letters.folder.write("by \(batch.index)", to: "place/a/mark.txt")
                try letters.folder.write("new", to: "place/new-\(batch.index).txt")
                try letters.answer(batch)
                return LetterSuite.outcome(exit: batch.index == failing ? 4 : 0)
            }
            return taken
        }
        #expect(try await evaluate(failing: 1) == [0, 1, 2])
        // Each run left the folder in another state than the one before it; only the last of these is held against it.
        #expect(try await evaluate() == [1])
        #expect(try await evaluate() == [])
        try letters.folder.write("index", to: "place/.git/index")
        #expect(try await evaluate() == [])
        try letters.folder.write("two", to: "place/a/b.txt")
        await #expect {
            try await evaluate()
        } throws: {
            "\($0)".contains("the input `mode` changed")
        }
    }

    @Test func `other gold scores the same answers anew, and that is said`() async throws {
        #expect(try await letters.evaluate().result.scores.first?.value == 1)
        let gold = try letters.folder.text(of: "gold.jsonl")
        try letters.folder.write(
            gold.replacing("\"i5\", \"kind\": \"k\"", with: "\"i5\", \"kind\": \"z\""), to: "gold.jsonl")
        let again = try await letters.evaluate()
        #expect(again.taken == [] && again.result.scores.first?.value == 0.8)
        #expect(
            again.result.origin == "3 of 3 runs were taken from before, and scored anew since the gold changed.")
        #expect(try await letters.evaluate().result.changedStandard == [])
    }

    @Test func `more items go on with the runs that have all of theirs`() async throws {
        #expect(try await letters.evaluate(limit: 2).taken == [0])
        let more = try await letters.evaluate()
        #expect(more.taken == [1, 2] && more.result.origin == "1 of 3 runs were taken from before.")
        #expect(more.result.count == 5 && more.result.cost.tokens == 30)
    }

    @Test func `what another evaluation differs in is named`() async throws {
        _ = try await letters.evaluate()
        await #expect {
            try await letters.evaluator(subject: ["model": "n"]).run { _, _ in LetterSuite.outcome(exit: 0) }
        } throws: {
            "\($0)".contains("another `model`")
        }
    }

    @Test func `failed runs are taken again and nothing of them is left, but their price`() async throws {
        let first = try await letters.evaluator().run { batch, began in
            try began("run-\(batch.index)")
            try letters.answer(batch, kind: batch.index == 1 ? "wrong" : "k")
            return LetterSuite.outcome(exit: batch.index == 1 ? 4 : 0)
        }
        #expect(first.failedRuns.map(\.run) == ["run-1"] && first.scores[0].value == 0.6)
        // Its input may have been what was wrong.
        try letters.folder.write(
            LetterSuite.items(1...5).replacing("t3", with: "mended"), to: "items.jsonl")
        var taken: [Int] = []
        let again = try await letters.evaluator().run { batch, began in
            #expect(batch.unfinishedRun == nil)
            #expect(!FileManager.default.fileExists(atPath: batch.output))
            try began("again-\(batch.index)")
            taken.append(batch.index)
            try letters.answer(batch)
            return LetterSuite.outcome(exit: 0)
        }
        #expect(taken == [1] && again.failedRuns == [] && again.scores[0].value == 1)
        #expect(again.cost.tokens == 40 && again.cost.runs == 4 && again.runsFromBefore == 2)
    }

    @Test(arguments: [1, 3])
    func `a run with refused calls has failed only where its answers are missing`(exit: Int) async throws {
        let result = try await letters.evaluator().run { batch, began in
            try began("run-\(batch.index)")
            if batch.index > 0 { try letters.answer(batch) }
            let cost = LetterSuite.outcome(exit: exit).cost
            return Evaluator.Outcome(exit: exit, cost: cost, reason: "Step `s` was refused <b>.")
        }
        #expect(result.failedRuns.map(\.run) == ["run-0"] && result.scores[0].value == 0.6)
        #expect(result.refusedRuns.map(\.run) == ["run-1", "run-2"])
        let page = try EvaluationPage([result]).html()
        #expect(page.contains("its answers count. Step `s` was refused &lt;b&gt;."))
        // Only the one without answers is taken up, as the run that it was; the others' reasons are kept.
        var taken: [String?] = []
        let again = try await letters.evaluator().run { batch, _ in
            taken.append(batch.unfinishedRun)
            try letters.answer(batch)
            return LetterSuite.outcome(exit: 0)
        }
        #expect(taken == ["run-0"] && again.failedRuns == [] && again.scores[0].value == 1)
        #expect(again.refusedRuns == result.refusedRuns && again.cost.runs == 3)
    }

    @Test func `a failed run is gone on with, and one that took its place counts beside it`() async throws {
        func evaluate(exit: Int, new: String? = nil) async throws -> (result: EvaluationResult, known: [String?]) {
            var known: [String?] = []
            let result = try await letters.evaluator(limit: 2).run { batch, began in
                known.append(batch.unfinishedRun)
                if let new {
                    try began(new)
                    #expect(!FileManager.default.fileExists(atPath: batch.output), "what another run left")
                }
                try letters.answer(batch)
                return LetterSuite.outcome(exit: exit)
            }
            return (result, known)
        }
        #expect(try await evaluate(exit: 4, new: "a").known == [nil])
        let second = try await evaluate(exit: 4)
        #expect(second.known == ["a"] && second.result.cost.runs == 1)
        // The run isn't in the journal any more, say.
        let third = try await evaluate(exit: 0, new: "b")
        #expect(third.known == ["a"] && third.result.cost.runs == 2 && third.result.cost.tokens == 20)
    }

    @Test func `an item answered in two ways is not answered, and no run answers for another`() async throws {
        let result = try await letters.evaluator().run { batch, began in
            try began("run-\(batch.index)")
            let rows = [
                // A contradiction, the same again, an item of another run, and one of nobody.
                ["{\"id\": \"i1\", \"kind\": \"z\"}", "{\"id\": \"i2\", \"kind\": \"k\"}"],
                ["{\"id\": \"i5\", \"kind\": \"z\"}"], ["{\"id\": \"i1\", \"kind\": \"k\"}"],
            ]
            try letters.answer(batch, more: rows[batch.index])
            return LetterSuite.outcome(exit: 0)
        }
        #expect(result.contradicted == ["i1"] && result.json["answered_twice"] == ["i1"])
        #expect(result.scores[0].failures.map(\.id) == ["i1"])
        #expect(try EvaluationPage([result]).html().contains("Answered in two ways"))
    }
}
