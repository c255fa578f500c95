public import JSONSchemas

/// How one figure of two evaluations compares, on the items that both have.
public struct FigureComparison: Hashable, Sendable {
    /// The figure.
    public let name: String
    /// How it compares.
    public let comparison: Comparison
    /// Items that both evaluations have.
    public let count: Int
    /// Items that only one of them has.
    public let leftOut: Int

    /// The comparison as `--json` has it.
    public var json: JSONValue {
        [
            "difference": .number((comparison.difference * 10_000).rounded() / 10_000),
            "first_better": .integer(comparison.firstBetter), "second_better": .integer(comparison.secondBetter),
            "p": .number(comparison.p), "n": .integer(count), "left_out": .integer(leftOut),
        ]
    }
}
