import Foundation

/// Two versions on the same items: is the difference more than chance?
public struct Comparison: Hashable, Sendable {
    /// The mean of the second version's values minus the first's.
    public let difference: Double
    /// Items on which the first version is better.
    public let firstBetter: Int
    /// Items on which the second version is better.
    public let secondBetter: Int
    /// How probable a difference at least as large is when both versions are equally good; two-sided, 0...1.
    public let p: Double

    /// Compares the values of two versions, item by item.
    ///
    /// Values of 0 and 1 take the exact test of McNemar (1947): a binomial test on the items on which the versions differ.
    /// Others take a permutation test: the signs of the differences are drawn anew (Fisher's randomization test; Noreen,
    /// "Computer-Intensive Methods for Testing Hypotheses", 1989).
    ///
    /// Precondition: both have as many values.
    public init(first: [Double], second: [Double], rounds: Int = 10_000, seed: UInt64 = 7) {
        precondition(first.count == second.count, "The versions are compared on the same items.")
        let differences = zip(first, second).map { $1 - $0 }
        firstBetter = differences.count { $0 < 0 }
        secondBetter = differences.count { $0 > 0 }
        let sum = differences.reduce(0, +)
        difference = differences.isEmpty ? 0 : sum / Double(differences.count)
        let isBinary = (first + second).allSatisfy { $0 == 0 || $0 == 1 }
        p =
            isBinary
            ? Self.binomial(firstBetter, secondBetter)
            : Self.permutation(differences.filter { $0 != 0 }, sum: sum, rounds: rounds, seed: seed)
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

    private static func permutation(_ differences: [Double], sum: Double, rounds: Int, seed: UInt64) -> Double {
        guard !differences.isEmpty else { return 1 }
        var random = SplitMix(seed: seed)
        var extreme = 0
        for _ in 0..<rounds {
            var bits: UInt64 = 0
            var total = 0.0
            for (index, difference) in differences.enumerated() {
                if index % 64 == 0 { bits = random.next() }
                total += bits & 1 == 1 ? difference : -difference
                bits >>= 1
            }
            // A hair below, so that the observed arrangement itself counts whatever the order of additions.
            if abs(total) >= abs(sum) - 1e-12 { extreme += 1 }
        }
        return Double(extreme + 1) / Double(rounds + 1)
    }
}
