/// What was found of one item: rightly, wrongly, and not at all.
struct FoundCounts: Hashable {
    var right: Int
    var extra: Int
    var missed: Int

    /// The F1 score over all items, with precision and recall.
    ///
    /// An item without an answer is not wholly right, even where there was nothing to find.
    static func score(_ name: String, _ items: [ScoredItem], _ counts: [FoundCounts]) -> Score {
        let right = counts.reduce(0) { $0 + $1.right }
        let extra = counts.reduce(0) { $0 + $1.extra }
        let missed = counts.reduce(0) { $0 + $1.missed }
        return Score(
            name: name, measure: .f1,
            parts: counts.map { [Double($0.right), Double($0.extra), Double($0.missed)] },
            values: zip(items, counts).map { item, count in
                item.answer != nil && count.extra == 0 && count.missed == 0 ? 1 : 0
            },
            items: items, details: ["precision": share(right, right + extra), "recall": share(right, right + missed)])
    }

    private static func share(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 1 : Double(part) / Double(whole)
    }
}
