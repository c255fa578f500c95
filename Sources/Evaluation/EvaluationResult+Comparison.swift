extension EvaluationResult {
    /// What each item adds to each figure.
    public var itemParts: ItemParts { ItemParts(scores) }

    /// This result against another one, figure by figure, on the items that both have; items are matched by identifier.
    ///
    /// A figure that the other one lacks, makes in another way or has on other items only is left out.
    public func compared(with first: ItemParts) -> [FigureComparison] {
        scores.compactMap { score in
            guard let other = first.figures[score.name], other.measure == score.measure else { return nil }
            var pairs: [(first: [Double], second: [Double])] = []
            for (id, parts) in zip(score.identifiers, score.parts) {
                if let matching = other.parts[id] { pairs.append((matching, parts)) }
            }
            guard !pairs.isEmpty else { return nil }
            return FigureComparison(
                name: score.name,
                comparison: Comparison(
                    first: pairs.map(\.first), second: pairs.map(\.second), measure: score.measure),
                count: pairs.count, leftOut: score.count + other.parts.count - 2 * pairs.count)
        }
    }
}
