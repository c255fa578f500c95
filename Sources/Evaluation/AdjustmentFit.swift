import Foundation
package import WorkflowFormat

/// Fits what puts the shares of a closed field right: a temperature, and offsets of the options where they are worth it.
///
/// Bias-corrected temperature scaling (Alexandari et al., "Maximum Likelihood with Bias-Corrected Calibration is
/// Hard-To-Beat at Label Shift Adaptation", ICML 2020): the adjustment under which the known answers are likeliest. An
/// offset is held to be near 0 beforehand (a normal distribution ``spread`` wide), so that few answers move it little.
/// Temperature and offsets are fitted in turn; the offsets with steps that never overshoot, since the loss bends by at most
/// a half in any of them (Böhning and Lindsay, "Monotonicity of Quadratic-Approximation Algorithms", 1988).
package enum AdjustmentFit {
    /// How far from 0 an offset usually is.
    package static let spread = 0.5
    /// Parts that take turns at judging whether offsets are worth it.
    private static let partCount = 5
    /// What offsets have to gain in all, in nats, on answers that they were not fitted on: less is nothing but chance.
    private static let leastGain = 1.0
    private static let roundLimit = 40
    private static let stepsPerRound = 10
    /// Offsets that move less than this in a round have arrived.
    private static let tolerance = 1e-4

    /// The adjustment for `answers`, of which at least one has a right option: with offsets where they make answers
    /// likelier that they weren't fitted on, each fifth judged by the other four; else a temperature alone.
    package static func adjustment(of answers: [KnownAnswer]) -> ShareAdjustment {
        let known = answers.filter { $0.right != nil }
        let plain = ShareAdjustment(temperature: TemperatureFit.temperature(of: known))
        guard known.count >= TemperatureFit.leastCount else { return plain }
        var gain = 0.0
        for part in 0..<partCount {
            let own = known.indices.filter { $0 % partCount == part }.map { known[$0] }
            let others = known.indices.filter { $0 % partCount != part }.map { known[$0] }
            let alone = ShareAdjustment(temperature: TemperatureFit.temperature(of: others))
            gain += Double(own.count) * (loss(of: own, with: alone) - loss(of: own, with: withOffsets(others)))
        }
        return gain > leastGain ? withOffsets(known) : plain
    }

    /// The mean negative log-likelihood of the right options, in nats; 0 without answers.
    package static func loss(of answers: [KnownAnswer], with adjustment: ShareAdjustment) -> Double {
        TemperatureFit.loss(of: answers, at: adjustment.temperature, offsets: adjustment.offsets)
    }

    /// Temperature and offsets for `answers`, all with a right option; to four digits.
    private static func withOffsets(_ answers: [KnownAnswer]) -> ShareAdjustment {
        let count = answers.first?.shares.count ?? 0
        let size = Double(max(1, answers.count))
        // What the normal distribution has to say, next to the mean of this many answers.
        let pull = 1 / (spread * spread * size)
        var wanted = [Double](repeating: 0, count: count)
        for answer in answers {
            if let right = answer.right { wanted[right] += 1 / size }
        }
        var offsets = [Double](repeating: 0, count: count)
        var temperature = 1.0
        for _ in 0..<roundLimit {
            let before = offsets
            temperature = TemperatureFit.temperature(of: answers, offsets: offsets)
            for _ in 0..<stepsPerRound {
                var slopes = zip(wanted, offsets).map { wanted, offset in pull * offset - wanted }
                for answer in answers {
                    let logarithms = TemperatureFit.logarithms(answer.shares, at: temperature, offsets: offsets)
                    for place in slopes.indices { slopes[place] += exp(logarithms[place]) / size }
                }
                for place in offsets.indices { offsets[place] -= slopes[place] / (0.5 + pull) }
            }
            if zip(offsets, before).allSatisfy({ abs($0 - $1) < tolerance }) { break }
        }
        let range = Calibration.offsetRange
        return ShareAdjustment(
            temperature: temperature,
            offsets: offsets.map { (min(max($0, range.lowerBound), range.upperBound) * 10_000).rounded() / 10_000 })
    }
}
