import Foundation

/// Two versions on the same items: is the difference more than chance?
public struct Comparison: Hashable, Sendable {
    /// Up to this many differing items every arrangement is looked at; with more, arrangements are drawn.
    private static let exactLimit = 16

    /// The second version's figure minus the first's.
    public let difference: Double
    /// Items on which the first version is better.
    public let firstBetter: Int
    /// Items on which the second version is better.
    public let secondBetter: Int
    /// How probable a difference at least as large is when both versions are equally good; two-sided, 0...1.
    public let p: Double

    /// Compares two versions by the means of their items' values.
    ///
    /// Precondition: both have as many values.
    public init(first: [Double], second: [Double], rounds: Int = 10_000, seed: UInt64 = 7) {
        self.init(
            first: first.map { [$0] }, second: second.map { [$0] }, measure: .mean, rounds: rounds, seed: seed)
    }

    /// Compares two versions by a figure; `first` and `second` are the numbers that each item adds to it.
    ///
    /// Values of 0 and 1 take the exact test of McNemar (1947): a binomial test on the items on which the versions differ.
    /// Others take a paired randomization test of the figure itself: the two versions' numbers are swapped item by item,
    /// and the figure of each side made anew (Noreen, "Computer-Intensive Methods for Testing Hypotheses", 1989; for F1
    /// scores Yeh, "More Accurate Tests for the Statistical Significance of Result Differences", 2000). Every arrangement
    /// is looked at where few items differ; else `rounds` of them are drawn.
    ///
    /// An item is better where its own numbers, taken alone, make a higher figure. In B-cubed these depend on the whole
    /// grouping; they are swapped as they are.
    ///
    /// Precondition: both have as many items.
    public init(
        first: [[Double]], second: [[Double]], measure: Measure, rounds: Int = 10_000, seed: UInt64 = 7
    ) {
        precondition(first.count == second.count, "The versions are compared on the same items.")
        let alone = zip(first, second).map {
            (measure.value(of: $0, count: 1), measure.value(of: $1, count: 1))
        }
        firstBetter = alone.count { $0.0 > $0.1 }
        secondBetter = alone.count { $0.0 < $0.1 }
        let isBinary = measure == .mean && (first + second).allSatisfy { $0 == [0] || $0 == [1] }
        if isBinary {
            difference = first.isEmpty ? 0 : Double(secondBetter - firstBetter) / Double(first.count)
            p = Self.binomial(firstBetter, secondBetter)
        } else {
            let arrangements = PairedArrangements(first: first, second: second, measure: measure)
            difference = arrangements.difference
            p =
                arrangements.differingCount <= Self.exactLimit
                ? arrangements.exactShare() : arrangements.drawnShare(rounds: rounds, seed: seed)
        }
    }

    /// The two-sided probability of a split at least as uneven when both sides are equally likely.
    private static func binomial(_ one: Int, _ other: Int) -> Double {
        let count = one + other
        guard count > 0 else { return 1 }
        // Logarithms: the terms themselves leave a double's range at about a thousand items.
        var logTerm = -Double(count) * log(2)
        var tail = exp(logTerm)
        for index in 0..<min(one, other) {
            logTerm += log(Double(count - index) / Double(index + 1))
            tail += exp(logTerm)
        }
        return min(1, 2 * tail)
    }
}
