import Evaluation
import Foundation
import Testing
import WorkflowFormat

/// Temperatures of made-up shares for which the right one is known.
@Suite struct TemperatureFitTests {
    /// Answers that are right exactly as often as `truth` says, from a model whose shares are sharpened: with their own
    /// temperature the shares are `truth` again, and no other temperature makes the answers likelier.
    private static func answers(_ truth: [[Double]], temperature: Double, each: Int = 1_000) -> [KnownAnswer] {
        truth.flatMap { shares -> [KnownAnswer] in
            let powers = shares.map { pow($0, temperature) }
            let sum = powers.reduce(0, +)
            let sharp = powers.map { $0 / sum }
            let taken = sharp.indices.max { sharp[$0] < sharp[$1] } ?? 0
            return shares.enumerated().flatMap { place, share in
                (0..<Int((share * Double(each)).rounded())).map { number in
                    KnownAnswer(id: "\(shares)-\(place)-\(number)", shares: sharp, taken: taken, right: place)
                }
            }
        }
    }

    private static let truth = [[0.7, 0.2, 0.1], [0.3, 0.45, 0.25], [0.9, 0.05, 0.05]]

    @Test(arguments: [0.4, 1.0, 1.7, 2.5, 4.0])
    func `the temperature that shares were sharpened with is found`(temperature: Double) {
        let answers = Self.answers(Self.truth, temperature: temperature)
        let found = TemperatureFit.temperature(of: answers)
        #expect(abs(found - temperature) < 1e-3 * temperature, "\(found)")
        for other in [temperature * 0.9, temperature * 1.1] {
            #expect(TemperatureFit.loss(of: answers, at: found) < TemperatureFit.loss(of: answers, at: other))
        }
        #expect(Reliability(answers, temperature: found).calibrationError < 1e-3)
    }

    @Test func `a model that is too sure errs less after the fit, and is as often right`() {
        let answers = Self.answers(Self.truth, temperature: 3)
        let before = Reliability(answers, temperature: 1)
        let after = Reliability(answers, temperature: TemperatureFit.temperature(of: answers))
        #expect(before.calibrationError > 0.15)
        #expect(after.calibrationError < 0.001)
        #expect(before.accuracy == after.accuracy)
    }

    @Test func `shares at a temperature add up to 1 and keep their order`() {
        let shares = TemperatureFit.shares([0.64, 0.32, 0.04], at: 2)
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        #expect(abs(shares[0] / shares[1] - 2.0.squareRoot()) < 1e-9)
        #expect(abs(shares[0] / shares[2] - 4) < 1e-9)
        // As small as temperatures get, with a share that is nothing.
        #expect(
            TemperatureFit.shares([1, 0], at: 0.1) == [1, 0] || TemperatureFit.shares([1, 0], at: 0.1)[0] > 0.999)
    }

    @Test func `an evaluation is as sure as a run`() {
        // What a run works out its confidence with, also of options that the model calls impossible.
        let shares = [1 - 14e-12] + [Double](repeating: 1e-12, count: 14)
        let answer = KnownAnswer(id: "a", shares: shares, taken: 0, right: 0)
        #expect(answer.confidence(at: 10) == Calibration.tempered(shares, at: 10)[0])
        // 1 / (1 + 14 · 10^-1.2)
        #expect(abs(answer.confidence(at: 10) - 0.53098) < 1e-4, "\(answer.confidence(at: 10))")
        #expect(answer.confidence(at: 1) == shares[0])
    }

    @Test func `answers that are all right or all wrong end at the limits`() {
        let right = (0..<30).map { KnownAnswer(id: "\($0)", shares: [0.7, 0.3], taken: 0, right: 0) }
        let wrong = (0..<30).map { KnownAnswer(id: "\($0)", shares: [0.7, 0.3], taken: 0, right: 1) }
        #expect(abs(TemperatureFit.temperature(of: right) - TemperatureFit.range.lowerBound) < 1e-3)
        #expect(abs(TemperatureFit.temperature(of: wrong) - TemperatureFit.range.upperBound) < 1e-2)
    }

    @Test func `an answer whose right option was none of the options says nothing`() {
        let answers = Self.answers(Self.truth, temperature: 2)
        let outside = (0..<500).map { KnownAnswer(id: "x\($0)", shares: [0.5, 0.3, 0.2], taken: 0, right: nil) }
        let found = TemperatureFit.temperature(of: answers + outside)
        #expect(abs(found - TemperatureFit.temperature(of: answers)) < 1e-6)
        #expect(Reliability(answers + outside, temperature: 2).accuracy < Reliability(answers, temperature: 2).accuracy)
    }
}
