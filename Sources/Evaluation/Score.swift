/// One figure of an evaluation with its 95 % interval and the items behind it.
public struct Score: Hashable, Sendable {
    /// What was scored, such as `kind` or `kind.coverage`.
    public let name: String
    /// How many items.
    public let count: Int
    /// The figure, 0...1.
    public let value: Double
    /// Where the true figure lies with 95 % confidence.
    public let interval: Interval
    /// Other figures that belong to it, such as `precision`.
    public let details: [String: Double]
    /// Each item's own part, 0...1, in the items' order; 1 where the item is wholly right.
    public let values: [Double]
    /// The items' identifiers, in the same order.
    public let identifiers: [String]
    /// How the figure is made of `parts`.
    public let measure: Measure
    /// The numbers that each item adds to the figure, in the same order.
    public let parts: [[Double]]
    /// Whether this figure says of an item that it is right or wrong. A share such as `kind.coverage` doesn't: to abstain
    /// may be right.
    public let judgesItems: Bool
    /// The items that are not wholly right; none where the figure judges no items.
    public let failures: [ScoredItem]

    /// `values`: each item's own part; `parts`: what it adds to the figure, as `measure` takes it.
    init(
        name: String, measure: Measure, parts: [[Double]], values: [Double], items: [ScoredItem],
        details: [String: Double] = [:], judgesItems: Bool = true
    ) {
        let isShare = measure == .mean && values.allSatisfy { $0 == 0 || $0 == 1 }
        self.name = name
        self.measure = measure
        self.parts = parts
        self.values = values
        self.details = details
        self.judgesItems = judgesItems
        count = parts.count
        value = measure.value(of: parts, at: parts.indices)
        interval =
            isShare
            ? Interval.wilson(successes: values.reduce(0, +), of: values.count)
            : Interval.bootstrap(count: parts.count) { measure.value(of: parts, at: $0) }
        identifiers = items.map(\.id)
        failures = judgesItems ? zip(items, values).filter { $0.1 < 1 }.map(\.0) : []
    }

    /// The mean of the items' values, 0 without items: a share where all are 0 or 1.
    init(name: String, items: [ScoredItem], values: [Double], judgesItems: Bool = true) {
        self.init(
            name: name, measure: .mean, parts: values.map { [$0] }, values: values, items: items,
            judgesItems: judgesItems)
    }
}
