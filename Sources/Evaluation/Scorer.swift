import JSONSchemas

/// How answers are held against the gold.
public enum Scorer: Hashable, Sendable {
    /// 1 where both are equal, null included.
    case exact
    /// 1 where both stand in `order` and lie at most one place apart, or both are null.
    case oneStepAway(order: [String])
    /// The Jaccard index of two lists as sets; two empty lists are alike.
    case setOverlap
    /// The overlap of two lists of byte ranges `{byte_start, byte_end}`: bytes in both by bytes in either.
    case byteRangeOverlap
    /// The F1 score of finding what the gold has: of a flag, a single value or a list's members. Null, false and the empty
    /// list are nothing to be found.
    case precisionRecallF1
    /// The B-cubed F1 score of a grouping: answer and gold are the names of an item's group.
    case bCubed

    /// Scores `items`; an item without an answer counts as wrong.
    public func score(_ name: String, _ items: [ScoredItem]) -> Score {
        switch self {
        case .exact: mean(name, items) { $0 == $1 ? 1 : 0 }
        case .oneStepAway(let order): mean(name, items) { Self.steps(from: $0, to: $1, in: order) <= 1 ? 1 : 0 }
        case .setOverlap: mean(name, items) { SetOverlap.jaccard(SetOverlap.members($0), SetOverlap.members($1)) }
        case .byteRangeOverlap: mean(name, items) { ByteRanges($0).overlap(with: ByteRanges($1)) }
        case .precisionRecallF1: counted(name, items)
        case .bCubed: BCubed(items).score(name)
        }
    }

    /// The share of items that were answered at all, and how many of those were right: what abstaining buys.
    ///
    /// Neither says which items are right: that is the figure's own matter, for which null is right where the gold is null.
    public static func abstention(_ name: String, _ items: [ScoredItem]) -> [Score] {
        let answered = items.filter { $0.answer.map { !$0.isNull } ?? false }
        let coverage = Score(
            name: "\(name).coverage", items: items,
            values: items.map { ($0.answer.map { !$0.isNull } ?? false) ? 1 : 0 }, judgesItems: false)
        let right = Score(
            name: "\(name).answered", items: answered, values: answered.map { $0.answer == $0.gold ? 1 : 0 },
            judgesItems: false)
        return [coverage, right]
    }

    private func mean(
        _ name: String, _ items: [ScoredItem], _ value: (_ answer: JSONValue, _ gold: JSONValue) -> Double
    ) -> Score {
        Score(
            name: name, items: items, values: items.map { item in item.answer.map { value($0, item.gold) } ?? 0 })
    }

    private static func steps(from answer: JSONValue, to gold: JSONValue, in order: [String]) -> Int {
        // Where there is nothing to be said, nothing is the right answer.
        if answer.isNull, gold.isNull { return 0 }
        guard let one = answer.stringValue, let other = gold.stringValue, let first = order.firstIndex(of: one),
            let second = order.firstIndex(of: other)
        else { return .max }
        return abs(first - second)
    }

    private func counted(_ name: String, _ items: [ScoredItem]) -> Score {
        let counts = items.map { item -> FoundCounts in
            let gold = SetOverlap.members(item.gold)
            let answer = item.answer.map { SetOverlap.members($0) } ?? []
            let both = answer.intersection(gold).count
            return FoundCounts(right: both, extra: answer.count - both, missed: gold.count - both)
        }
        return FoundCounts.score(name, items, counts)
    }
}
