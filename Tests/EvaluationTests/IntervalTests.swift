import Evaluation
import Testing

@Suite struct IntervalTests {
    /// Reference values: R 4.3, `prop.test(x, n, correct = FALSE)$conf.int`, to six digits.
    @Test(arguments: [
        (7.0, 10, 0.396_778, 0.892_209), (0.0, 10, 0.0, 0.277_533), (10.0, 10, 0.722_467, 1.0),
        (136.0, 240, 0.503_430, 0.627_792),
    ])
    func `the interval of a share is Wilson's`(successes: Double, count: Int, low: Double, high: Double) {
        let interval = Interval.wilson(successes: successes, of: count)
        #expect(abs(interval.low - low) < 2e-4)
        #expect(abs(interval.high - high) < 2e-4)
    }

    @Test func `nothing measured says nothing`() {
        #expect(Interval.wilson(successes: 0, of: 0) == Interval(low: 0, high: 1))
        #expect(Interval.bootstrap(count: 0) { _ in 0.5 } == Interval(low: 0, high: 1))
    }

    @Test func `the bootstrap of a mean is close to the normal interval, and the same every time`() {
        // 100 values 0, 0.01 ... 0.99: mean 0.495, standard error 0.0289.
        let values = (0..<100).map { Double($0) / 100 }
        let mean: ([Int]) -> Double = { drawn in drawn.reduce(0) { $0 + values[$1] } / Double(drawn.count) }
        let interval = Interval.bootstrap(count: 100, mean)
        #expect(abs(interval.low - (0.495 - 1.96 * 0.0289)) < 0.01)
        #expect(abs(interval.high - (0.495 + 1.96 * 0.0289)) < 0.01)
        #expect(Interval.bootstrap(count: 100, mean) == interval)
        #expect(Interval.bootstrap(count: 100, seed: 8, mean) != interval)
    }
}
