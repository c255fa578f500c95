import Foundation

/// What puts the shares of a closed choice right: a temperature, and an offset for each option.
///
/// The share p of an option becomes p^(1/T) · e^b, made to add up to 1 again. The temperature says how sure a model is of
/// itself, the offsets which options it takes too gladly whatever it read, and which too seldom (bias-corrected temperature
/// scaling: Alexandari et al., "Maximum Likelihood with Bias-Corrected Calibration is Hard-To-Beat at Label Shift
/// Adaptation", ICML 2020).
public struct ShareAdjustment: Hashable, Sendable {
    /// Above 0; 1 leaves the shares as they are.
    public let temperature: Double
    /// What is added to the logarithm of each option's share, in the options' order; empty where nothing is.
    public let offsets: [Double]

    /// Leaves shares as they are.
    public static let identity = ShareAdjustment(temperature: 1)

    /// An adjustment.
    public init(temperature: Double, offsets: [Double] = []) {
        precondition(temperature > 0 && temperature.isFinite, "a temperature is a number above 0")
        precondition(offsets.allSatisfy(\.isFinite), "offsets are numbers")
        self.temperature = temperature
        self.offsets = offsets
    }

    /// `shares` put right, adding up to 1. An option that the model calls impossible stays so.
    ///
    /// `shares`: 0...1, adding up to 1, as many as there are offsets if there are any.
    public func applied(to shares: [Double]) -> [Double] {
        guard !offsets.isEmpty else { return Calibration.tempered(shares, at: temperature) }
        precondition(shares.count == offsets.count, "each option has its offset")
        let scaled = zip(shares, offsets).map { share, offset in log(share) / temperature + offset }
        let top = scaled.max() ?? 0
        let parts = scaled.map { exp($0 - top) }
        let sum = parts.reduce(0, +)
        return parts.map { $0 / sum }
    }
}
