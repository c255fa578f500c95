import Evaluation
import Testing

/// Figures of confidence, worked out by hand.
@Suite struct ReliabilityTests {
    private static func answers(_ confidence: Double, right: Int, of count: Int) -> [(
        confidence: Double, isRight: Bool
    )] {
        (0..<count).map { (confidence, $0 < right) }
    }

    @Test func `the calibration error is the mean gap of the bins, weighed by their answers`() {
        // 0.9 with 7 of 10 right: 0.2 too sure. 0.5 with 18 of 30 right: 0.1 too little. (10 · 0.2 + 30 · 0.1) / 40.
        let reliability = Reliability(Self.answers(0.9, right: 7, of: 10) + Self.answers(0.5, right: 18, of: 30))
        #expect(abs(reliability.calibrationError - 0.125) < 1e-9)
        #expect(reliability.accuracy == 0.625)
        #expect(reliability.count == 40)
    }

    @Test func `in one bin too much and too little cancel out, in two they don't`() {
        // Bins are a fifteenth wide: 0.61 and 0.66 share one (0.6 to 0.667), 0.66 and 0.68 don't.
        let one = Reliability(Self.answers(0.61, right: 10, of: 10) + Self.answers(0.66, right: 2, of: 10))
        #expect(abs(one.calibrationError - 0.035) < 1e-9)
        let two = Reliability(Self.answers(0.66, right: 10, of: 10) + Self.answers(0.68, right: 2, of: 10))
        #expect(abs(two.calibrationError - (0.34 + 0.48) / 2) < 1e-9)
    }

    @Test func `certain answers and impossible ones have a bin too`() {
        #expect(Reliability(Self.answers(1, right: 4, of: 4)).calibrationError == 0)
        #expect(Reliability(Self.answers(0, right: 4, of: 4)).calibrationError == 1)
        #expect(Reliability([]).calibrationError == 0)
    }

    @Test func `the surest are the surest, and equally sure ones don't flatter`() {
        let mixed = Self.answers(0.2, right: 0, of: 3) + Self.answers(0.8, right: 7, of: 7)
        #expect(Reliability(mixed).surestAccuracy == 1)
        #expect(Reliability(mixed).accuracy == 0.7)
        // All are equally sure, so that the wrong ones count first: 7 of 10 with 3 wrong ones.
        #expect(abs(Reliability(Self.answers(0.5, right: 7, of: 10)).surestAccuracy - 4.0 / 7) < 1e-9)
    }

    @Test func `a limit is the lowest confidence that still gives the wanted accuracy`() {
        let answers =
            Self.answers(0.95, right: 10, of: 10) + Self.answers(0.7, right: 8, of: 10)
            + Self.answers(0.3, right: 2, of: 20)
        let limits = Reliability(answers).limits
        #expect(limits.map(\.wanted) == [0.8, 0.9, 0.95])
        #expect(limits.map(\.confidence) == [0.7, 0.7, 0.95])
        #expect(limits.map(\.coverage) == [0.5, 0.5, 0.25])
        let never = Reliability(Self.answers(0.9, right: 1, of: 2)).limits
        #expect(never.allSatisfy { $0.confidence == nil && $0.coverage == 0 })
    }
}
