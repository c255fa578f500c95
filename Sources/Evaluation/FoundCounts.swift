/// What was found of one item: rightly, wrongly, and not at all.
struct FoundCounts: Hashable {
    var right: Int
    var extra: Int
    var missed: Int

    /// The F1 score over all items: 2 · right by (2 · right + extra + missed); 1 where there was nothing to find and
    /// nothing was found. Precision and recall come with it.
    static func score(_ name: String, _ items: [ScoredItem], _ counts: [FoundCounts]) -> Score {
        let value = f1(counts)
        let right = counts.reduce(0) { $0 + $1.right }
        let extra = counts.reduce(0) { $0 + $1.extra }
        let missed = counts.reduce(0) { $0 + $1.missed }
        return Score(
            name: name, count: items.count, value: value,
            interval: Interval.bootstrap(count: counts.count) { drawn in f1(drawn.map { counts[$0] }) },
            details: ["precision": share(right, right + extra), "recall": share(right, right + missed)],
            values: counts.map { $0.extra == 0 && $0.missed == 0 ? 1 : 0 }, items: items)
    }

    private static func f1(_ counts: [FoundCounts]) -> Double {
        var right = 0
        var wrong = 0
        for count in counts {
            right += count.right
            wrong += count.extra + count.missed
        }
        return right + wrong == 0 ? 1 : Double(2 * right) / Double(2 * right + wrong)
    }

    private static func share(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 1 : Double(part) / Double(whole)
    }
}
