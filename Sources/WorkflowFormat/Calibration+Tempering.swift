import Foundation

extension Calibration {
    /// Shares at a temperature: each becomes `p^(1/T)`, made to add up to 1 again (Guo et al., 2017). Runs work out their
    /// confidence with it, and evaluations what confidence is worth.
    ///
    /// `shares`: 0...1, adding up to 1.
    /// `temperature`: above 0; 1 leaves them as they are.
    public static func tempered(_ shares: [Double], at temperature: Double) -> [Double] {
        precondition(temperature > 0, "a temperature is above 0")
        guard temperature != 1 else { return shares }
        // Divided by the largest first: small temperatures make powers that are no numbers any more.
        let top = shares.max() ?? 1
        let parts = shares.map { pow($0 / top, 1 / temperature) }
        let sum = parts.reduce(0, +)
        return parts.map { $0 / sum }
    }
}
