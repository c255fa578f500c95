package import Tokens

/// Chooses among the tokens that a mask allows, without allocating.
///
/// Words of the mask that allow many tokens are read in blocks of 64, with the denied ones set to minus
/// infinity: loops without branches, which the compiler turns into vector code. 151,936 tokens take roughly
/// 0.2 ms; a mask of a few tokens takes microseconds.
package struct MaskedSampler {
    let temperature: Double
    let draw: SamplingDraw

    package init(temperature: Double, draw: SamplingDraw) {
        self.temperature = temperature
        self.draw = draw
    }

    /// From this many allowed tokens on, a block is cheaper than going from bit to bit.
    private static let denseCount = 16

    /// The choice, or nil when the mask allows no token with a finite logit.
    package func choose(from logits: Span<Float>, mask: TokenMask) -> SampledToken? {
        let words = mask.words.span
        guard let best = Self.best(in: logits, words: words) else { return nil }
        let top = logits[best]
        let total = Self.sum(in: logits, words: words, top: top, scale: 1)
        guard temperature > 0 else {
            return SampledToken(token: TokenID(rawValue: Int32(best)), probability: Float(1 / total))
        }
        let scale = Float(1 / temperature)
        let scaledTotal = scale == 1 ? total : Self.sum(in: logits, words: words, top: top, scale: scale)
        let chosen =
            Self.index(in: logits, words: words, top: top, scale: scale, reaching: draw.unit * scaledTotal)
            ?? best
        return SampledToken(
            token: TokenID(rawValue: Int32(chosen)),
            probability: Float(Double(exponential(logits[chosen] - top)) / total))
    }

    /// The allowed index with the largest logit, the first of several.
    private static func best(in logits: Span<Float>, words: Span<UInt64>) -> Int? {
        var best = -1
        var top = -Float.infinity
        var block = [64 of Float](repeating: 0)
        for wordIndex in words.indices {
            var word = words[wordIndex]
            let base = wordIndex * 64
            if word.nonzeroBitCount >= denseCount, base + 64 <= logits.count {
                read(logits, base, word, top: 0, scale: 1, into: &block)
                var isBetter = false
                for index in 0..<64 { isBetter = isBetter || block[index] > top }
                // Rarely true: the maximum of n numbers changes about ln n times.
                guard isBetter else { continue }
            }
            while word != 0 {
                let index = base + word.trailingZeroBitCount
                word &= word - 1
                if index < logits.count, logits[index] > top {
                    top = logits[index]
                    best = index
                }
            }
        }
        return best < 0 ? nil : best
    }

    /// The sum of e^((logit - top) * scale) over the allowed tokens.
    private static func sum(in logits: Span<Float>, words: Span<UInt64>, top: Float, scale: Float) -> Double {
        var total: Double = 0
        for wordIndex in words.indices {
            total += sum(in: logits, wordIndex: wordIndex, word: words[wordIndex], top: top, scale: scale)
        }
        return total
    }

    /// The part of the sum that one word of the mask allows.
    private static func sum(
        in logits: Span<Float>, wordIndex: Int, word: UInt64, top: Float, scale: Float
    ) -> Double {
        guard word != 0 else { return 0 }
        let base = wordIndex * 64
        if word.nonzeroBitCount >= denseCount, base + 64 <= logits.count {
            var block = [64 of Float](repeating: 0)
            read(logits, base, word, top: top, scale: scale, into: &block)
            for index in 0..<64 { block[index] = exponential(block[index]) }
            // Eight sums at once: one chain of 64 additions would wait for each of them.
            var sums = [8 of Float](repeating: 0)
            for index in 0..<64 { sums[index & 7] += block[index] }
            var total: Double = 0
            for index in 0..<8 { total += Double(sums[index]) }
            return total
        }
        var total: Double = 0
        var rest = word
        while rest != 0 {
            let index = base + rest.trailingZeroBitCount
            rest &= rest - 1
            guard index < logits.count else { break }
            total += Double(exponential((logits[index] - top) * scale))
        }
        return total
    }

    /// The first allowed index at which the running sum passes `goal`.
    private static func index(
        in logits: Span<Float>, words: Span<UInt64>, top: Float, scale: Float, reaching goal: Double
    ) -> Int? {
        var total: Double = 0
        for wordIndex in words.indices where words[wordIndex] != 0 {
            var word = words[wordIndex]
            let part = sum(in: logits, wordIndex: wordIndex, word: word, top: top, scale: scale)
            if total + part <= goal {
                total += part
                continue
            }
            var last: Int?
            while word != 0 {
                let index = wordIndex * 64 + word.trailingZeroBitCount
                word &= word - 1
                guard index < logits.count else { break }
                let share = Double(exponential((logits[index] - top) * scale))
                total += share
                if share > 0 { last = index }
                if total > goal { return index }
            }
            // The order of additions differs, so the last bit of the sum may not be reached.
            return last
        }
        return nil
    }

    /// Reads 64 logits as `(logit - top) * scale`, minus infinity where `word` denies.
    private static func read(
        _ logits: Span<Float>, _ base: Int, _ word: UInt64, top: Float, scale: Float,
        into block: inout [64 of Float]
    ) {
        let part = logits.extracting(base..<base + 64)
        for index in 0..<64 { block[index] = (part[index] - top) * scale }
        var denied = ~word
        while denied != 0 {
            block[denied.trailingZeroBitCount] = -.infinity
            denied &= denied - 1
        }
    }
}
