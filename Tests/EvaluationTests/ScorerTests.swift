import Evaluation
import JSONSchemas
import Testing

@Suite struct ScorerTests {
    private func items(_ pairs: [(JSONValue?, JSONValue)]) -> [ScoredItem] {
        pairs.enumerated().map { ScoredItem(id: "i\($0)", run: "r", answer: $1.0, gold: $1.1) }
    }

    @Test func `exact takes null for null, and no answer for wrong`() {
        let score = Scorer.exact.score(
            "kind", items([("a", "a"), ("a", "b"), (.null, .null), (nil, .null), (.null, "a")]))
        #expect(score.count == 5)
        #expect(score.value == 0.4)
        #expect(score.failures.map(\.id) == ["i1", "i3", "i4"])
        #expect(score.interval == Interval.wilson(successes: 2, of: 5))
    }

    @Test func `one step away is right, two are wrong, and what is not in the order is wrong`() {
        let scorer = Scorer.oneStepAway(order: ["s1", "s2", "s3", "s4"])
        let score = scorer.score(
            "severity", items([("s1", "s1"), ("s1", "s2"), ("s4", "s3"), ("s1", "s3"), ("s9", "s9")]))
        #expect(score.values == [1, 1, 1, 0, 0])
        let silent = scorer.score("severity", items([(.null, .null), (.null, "s1"), ("s1", .null), (nil, .null)]))
        #expect(silent.values == [1, 0, 0, 0], "where there is nothing to say, nothing is right")
    }

    @Test func `sets overlap by the Jaccard index`() {
        let score = Scorer.setOverlap.score(
            "labels", items([(["a", "b"], ["b", "c"]), ([], []), (["a", "a"], ["a"]), (["a"], [])]))
        #expect(score.values == [1.0 / 3, 1, 1, 0])
    }

    @Test func `byte ranges overlap by their bytes, whatever their order and overlap`() {
        let gold: JSONValue = ["byte_start": 10, "byte_end": 20]
        let score = Scorer.byteRangeOverlap.score(
            "quote",
            items([
                (gold, gold), (["byte_start": 15, "byte_end": 25], gold), (["byte_start": 20, "byte_end": 30], gold),
                ([["byte_start": 15, "byte_end": 20], ["byte_start": 10, "byte_end": 16]], gold), ([], []),
                (["byte_start": 20, "byte_end": 10], gold),
            ]))
        #expect(score.values == [1, 1.0 / 3, 0, 1, 1, 0])
    }

    @Test func `precision, recall and F1 count what was found`() {
        let score = Scorer.precisionRecallF1.score(
            "duplicate",
            items([("#1", "#1"), ("#2", "#3"), (.null, "#4"), ("#5", .null), (.null, .null), (false, .null)]))
        // Right 1, extra 2, missed 2.
        #expect(score.value == 2.0 / 6)
        #expect(score.details == ["precision": 1.0 / 3, "recall": 1.0 / 3])
        #expect(score.failures.map(\.id) == ["i1", "i2", "i3"])
        let silent = Scorer.precisionRecallF1.score("duplicate", items([("#1", "#1"), (nil, .null), (.null, .null)]))
        #expect(silent.value == 1 && silent.failures.map(\.id) == ["i1"], "no answer is no right answer")
    }

    /// The example of Bagga and Baldwin: two gold groups of 5 and 2 and 5, of which the last two were put together.
    @Test func `grouping is scored by B-cubed`() {
        let gold = [1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3]
        let answer = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]
        let score = Scorer.bCubed.score(
            "cause",
            zip(answer, gold).enumerated().map { index, pair in
                ScoredItem(id: "\(index)", answer: .integer(pair.0), gold: .integer(pair.1))
            })
        #expect(abs((score.details["precision"] ?? 0) - 16.0 / 21) < 1e-12)
        #expect(score.details["recall"] == 1)
        let alone = Scorer.bCubed.score("cause", items([(nil, "x"), (.null, "x")]))
        #expect(alone.details == ["precision": 1, "recall": 0.5])
    }

    @Test func `abstaining is told from being wrong`() {
        let scores = Scorer.abstention("intent", items([("a", "a"), ("b", "a"), (.null, "a"), (nil, "a")]))
        #expect(scores.map(\.name) == ["intent.coverage", "intent.answered"])
        #expect(scores.map(\.value) == [0.5, 0.5])
        #expect(scores[1].count == 2)
        let right = Scorer.abstention("intent", items([(.null, .null), ("a", "a"), ("a", .null)]))
        #expect(right.map(\.value) == [2.0 / 3, 0.5])
        #expect(right.allSatisfy { !$0.judgesItems && $0.failures == [] }, "a share of answers calls no item wrong")
        #expect(Scorer.exact.score("intent", items([(nil, .null)])).failures.count == 1)
    }
}
