public import JSONSchemas

extension EvaluationResult {
    /// This result against an earlier one on the same items, figure by figure.
    public func compared(with first: EvaluationResult) -> [(name: String, comparison: Comparison)] {
        scores.compactMap { score in
            guard let other = first.scores.first(where: { $0.name == score.name }),
                other.values.count == score.values.count
            else { return nil }
            return (score.name, Comparison(first: other.values, second: score.values))
        }
    }
}

extension Comparison {
    /// The comparison as `--json` has it.
    public var json: JSONValue {
        [
            "difference": .number((difference * 10_000).rounded() / 10_000), "first_better": .integer(firstBetter),
            "second_better": .integer(secondBetter), "p": .number(p),
        ]
    }
}
