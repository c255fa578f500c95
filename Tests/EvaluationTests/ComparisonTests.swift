import Evaluation
import Testing

@Suite struct ComparisonTests {
    private func versions(first: Int, second: Int, same: Int) -> Comparison {
        let a =
            Array(repeating: 1.0, count: first) + Array(repeating: 0.0, count: second)
            + Array(repeating: 1.0, count: same)
        let b =
            Array(repeating: 0.0, count: first) + Array(repeating: 1.0, count: second)
            + Array(repeating: 1.0, count: same)
        return Comparison(first: a, second: b)
    }

    /// Reference values: the binomial tails, by hand: 2 · (1 + 10 + 45) / 1024 and 2 · 1 / 64.
    @Test func `shares are compared by McNemar's exact test`() {
        #expect(abs(versions(first: 2, second: 8, same: 5).p - 112.0 / 1_024) < 1e-12)
        #expect(abs(versions(first: 6, second: 0, same: 0).p - 2.0 / 64) < 1e-12)
        #expect(versions(first: 5, second: 5, same: 0).p == 1)
        #expect(versions(first: 0, second: 0, same: 9).p == 1)
        #expect(versions(first: 2, second: 8, same: 5).difference == 6.0 / 15)
        #expect(versions(first: 2, second: 8, same: 5).firstBetter == 2)
    }

    @Test func `thousands of differing items leave no double's range`() {
        #expect(versions(first: 1_000, second: 1_000, same: 0).p == 1)
        let p = versions(first: 950, second: 1_050, same: 0).p
        #expect(p > 0.02 && p < 0.03)
    }

    @Test func `other values are compared by permutation`() {
        let first = (0..<20).map { 0.3 + 0.01 * Double($0 % 3) }
        #expect(Comparison(first: first, second: first.map { $0 + 0.2 }).p < 0.001)
        let mixed = first.enumerated().map { $1 + ($0 % 2 == 0 ? 0.2 : -0.2) }
        #expect(Comparison(first: first, second: mixed).p > 0.9)
        #expect(Comparison(first: first, second: first).p == 1)
    }

    /// By hand: of the eight ways to swap three equal gains two are as uneven.
    @Test func `few items take every arrangement`() {
        #expect(Comparison(first: [0.5, 0.5, 0.5, 1], second: [0.75, 0.75, 0.75, 1]).p == 2.0 / 8)
    }

    /// Three long lists of which a tenth is found, or all; four single finds, clean or with one too many. The reference p
    /// is 32 of 128 arrangements, counted by an independent program.
    @Test func `an F1 score is compared by itself, not by how many items are wholly right`() {
        let first: [[Double]] = Array(repeating: [1, 0, 9], count: 3) + Array(repeating: [1, 0, 0], count: 4)
        let second: [[Double]] = Array(repeating: [10, 0, 0], count: 3) + Array(repeating: [1, 1, 0], count: 4)
        let comparison = Comparison(first: first, second: second, measure: .f1)
        #expect(abs(comparison.difference - (68.0 / 72 - 14.0 / 41)) < 1e-12)
        #expect(comparison.p == 0.25)
        #expect(comparison.secondBetter == 3 && comparison.firstBetter == 4)
        let back = Comparison(first: second, second: first, measure: .f1)
        #expect(back.difference == -comparison.difference && back.p == comparison.p)
    }

    @Test func `a grouping is compared by its B-cubed score`() {
        let first = [[Double]](repeating: [0.5, 1], count: 20)
        let second = [[Double]](repeating: [0.75, 1], count: 20)
        let comparison = Comparison(first: first, second: second, measure: .bCubed)
        #expect(abs(comparison.difference - (1.5 / 1.75 - 1 / 1.5)) < 1e-12)
        #expect(comparison.p < 0.001 && comparison.secondBetter == 20)
    }
}
