/// A 95 % interval around a measured value.
public struct Interval: Hashable, Sendable {
    /// The lower end.
    public let low: Double
    /// The upper end, not below `low`.
    public let high: Double

    /// The interval from `low` to `high`.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// 97.5 % of a standard normal distribution lie below it.
    private static let quantile = 1.959_963_984_540_054

    /// The interval of a share: `successes` of `count`.
    ///
    /// The score interval of Wilson ("Probable Inference, the Law of Succession, and Statistical Inference", 1927), which
    /// stays inside 0...1 and is not empty at 0 or 1, unlike the textbook's normal interval.
    public static func wilson(successes: Double, of count: Int) -> Interval {
        guard count > 0 else { return Interval(low: 0, high: 1) }
        let number = Double(count)
        let share = successes / number
        let square = quantile * quantile
        let middle = (share + square / (2 * number)) / (1 + square / number)
        let spread =
            quantile / (1 + square / number)
            * (share * (1 - share) / number + square / (4 * number * number)).squareRoot()
        return Interval(low: max(0, middle - spread), high: min(1, middle + spread))
    }

    /// The percentile bootstrap of a statistic of `count` items (Efron and Tibshirani, "An Introduction to the
    /// Bootstrap", 1993, chapter 13): the items are drawn again with replacement.
    ///
    /// `statistic`: the value for the items at these indices.
    public static func bootstrap(
        count: Int, rounds: Int = 2_000, seed: UInt64 = 7, _ statistic: ([Int]) -> Double
    ) -> Interval {
        guard count > 0, rounds > 0 else { return Interval(low: 0, high: 1) }
        var random = SplitMix(seed: seed)
        var values: [Double] = []
        var drawn = [Int](repeating: 0, count: count)
        for _ in 0..<rounds {
            for index in drawn.indices { drawn[index] = Int(random.next() % UInt64(count)) }
            values.append(statistic(drawn))
        }
        values.sort()
        let low = values[Int(Double(rounds - 1) * 0.025)]
        let high = values[Int((Double(rounds - 1) * 0.975).rounded(.up))]
        return Interval(low: low, high: high)
    }
}
