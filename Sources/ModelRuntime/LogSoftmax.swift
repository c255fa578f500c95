import Foundation

/// The normalizer of a row of logits: a token's log probability is its logit minus this.
///
/// log Σ e^x, with the largest x taken out of the sum so that nothing overflows.
struct LogSoftmax {
    private let normalizer: Double

    /// Reads all of `logits`; eight sums at once, as in `MaskedSampler`.
    init(_ logits: Span<Float>) {
        var top = -Float.infinity
        for index in logits.indices where logits[index] > top { top = logits[index] }
        var sums = [8 of Float](repeating: 0)
        var total: Double = 0
        for index in logits.indices {
            sums[index & 7] += exponential(logits[index] - top)
            // Emptied often: a float's sum of 150,000 parts would lose the small ones.
            if index & 4_095 == 4_095 {
                for lane in 0..<8 {
                    total += Double(sums[lane])
                    sums[lane] = 0
                }
            }
        }
        for lane in 0..<8 { total += Double(sums[lane]) }
        normalizer = Double(top) + log(total)
    }

    /// The natural logarithm of a token's probability.
    func logProbability(ofLogit logit: Float) -> Double { Double(logit) - normalizer }
}
