import Foundation
import WorkflowFormat

/// Fits the temperature that makes shares as sure as they are right.
///
/// Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017): one number T for a field, with which
/// the share p of an option becomes p^(1/T), made to add up to 1 again. It is the one at which the known answers are
/// likeliest. Their negative log-likelihood is convex in 1/T, so that it has one lowest place along the logarithm of T,
/// which a golden-section search finds (Kiefer, "Sequential Minimax Search for a Maximum", 1953).
package enum TemperatureFit {
    /// What a temperature may be. Answers that are all right want 0, which would call every answer certain; answers that
    /// have nothing to do with the shares want no end.
    package static let range = Calibration.temperatureRange
    /// Fewer known answers than this say too little.
    package static let leastCount = 20
    /// For the loss alone shares below it count as this much: one answer that was called impossible must not decide alone.
    private static let floor = 1e-6
    /// The logarithm of the temperature is found to this much.
    private static let tolerance = 1e-5

    /// The temperature at which `answers` are likeliest, in ``range``.
    ///
    /// `offsets`: what is added to the logarithm of each option's share; empty for nothing.
    package static func temperature(of answers: [KnownAnswer], offsets: [Double] = []) -> Double {
        let ratio = (5.0.squareRoot() - 1) / 2
        var low = log(range.lowerBound)
        var high = log(range.upperBound)
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var leftLoss = loss(of: answers, at: exp(left), offsets: offsets)
        var rightLoss = loss(of: answers, at: exp(right), offsets: offsets)
        while high - low > tolerance {
            if leftLoss <= rightLoss {
                (high, right, rightLoss) = (right, left, leftLoss)
                left = high - ratio * (high - low)
                leftLoss = loss(of: answers, at: exp(left), offsets: offsets)
            } else {
                (low, left, leftLoss) = (left, right, rightLoss)
                right = low + ratio * (high - low)
                rightLoss = loss(of: answers, at: exp(right), offsets: offsets)
            }
        }
        return exp((low + high) / 2)
    }

    /// The mean negative log-likelihood of the right options, in nats; 0 without answers. An answer whose right option was
    /// none of the options says nothing.
    package static func loss(
        of answers: [KnownAnswer], at temperature: Double, offsets: [Double] = []
    ) -> Double {
        var sum = 0.0
        var count = 0
        for answer in answers {
            guard let right = answer.right else { continue }
            sum -= logarithms(answer.shares, at: temperature, offsets: offsets)[right]
            count += 1
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    /// The shares at a temperature, adding up to 1: just what a run works out its confidence with.
    package static func shares(_ shares: [Double], at temperature: Double) -> [Double] {
        Calibration.tempered(shares, at: temperature)
    }

    /// The natural logarithms of adjusted shares, for fitting: with a floor.
    static func logarithms(_ shares: [Double], at temperature: Double, offsets: [Double]) -> [Double] {
        var scaled = shares.map { log(max($0, floor)) / temperature }
        for (place, offset) in offsets.enumerated() { scaled[place] += offset }
        // The largest first, so that no power is too small to add up.
        let top = scaled.max() ?? 0
        let sum = top + log(scaled.reduce(0) { $0 + exp($1 - top) })
        return scaled.map { $0 - sum }
    }
}
