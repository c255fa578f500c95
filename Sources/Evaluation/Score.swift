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
    /// Each item's own part, 0...1, in the items' order.
    public let values: [Double]
    /// The items' identifiers, in the same order.
    public let identifiers: [String]
    /// The items that are not wholly right.
    public let failures: [ScoredItem]

    init(
        name: String, count: Int, value: Double, interval: Interval, details: [String: Double] = [:],
        values: [Double], items: [ScoredItem]
    ) {
        self.name = name
        self.count = count
        self.value = value
        self.interval = interval
        self.details = details
        self.values = values
        identifiers = items.map(\.id)
        failures = zip(items, values).filter { $0.1 < 1 }.map(\.0)
    }

    /// The mean of the items' values, 0 without items: a share where all are 0 or 1.
    init(name: String, items: [ScoredItem], values: [Double]) {
        let sum = values.reduce(0, +)
        let interval =
            values.allSatisfy { $0 == 0 || $0 == 1 }
            ? Interval.wilson(successes: sum, of: values.count)
            : Interval.bootstrap(count: values.count) { drawn in
                drawn.reduce(0) { $0 + values[$1] } / Double(drawn.count)
            }
        self.init(
            name: name, count: values.count, value: values.isEmpty ? 0 : sum / Double(values.count),
            interval: interval, values: values, items: items)
    }
}
