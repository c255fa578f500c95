#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
package import Tokens

/// Chooses among the tokens that a mask allows, without touching the others and without allocating.
package struct MaskedSampler {
    let temperature: Double
    let draw: SamplingDraw

    package init(temperature: Double, draw: SamplingDraw) {
        self.temperature = temperature
        self.draw = draw
    }

    /// A token this far below the best has e^-25 of its share; 151,936 of them have 2e-6 together.
    private static let negligible: Float = -25

    /// The choice, or nil when the mask allows no token with a finite logit.
    package func choose(from logits: Span<Float>, mask: TokenMask) -> SampledToken? {
        let words = mask.words.span
        guard let best = Self.best(in: logits, words: words) else { return nil }
        let top = logits[best]
        let total = Self.sum(in: logits, words: words, top: top, scale: 1)
        guard temperature > 0 else {
            return SampledToken(token: TokenID(rawValue: Int32(best)), probability: 1 / total)
        }
        let scale = Float(1 / temperature)
        let scaledTotal = scale == 1 ? total : Self.sum(in: logits, words: words, top: top, scale: scale)
        let chosen =
            Self.index(
                in: logits, words: words, top: top, scale: scale, reaching: Float(draw.unit) * scaledTotal)
            ?? best
        return SampledToken(
            token: TokenID(rawValue: Int32(chosen)), probability: expf(logits[chosen] - top) / total)
    }

    /// The allowed index with the largest logit, the first of several.
    private static func best(in logits: Span<Float>, words: Span<UInt64>) -> Int? {
        var best = -1
        var top = -Float.infinity
        for wordIndex in words.indices {
            var word = words[wordIndex]
            let base = wordIndex * 64
            if word == .max, base + 64 <= logits.count {
                // The common case in a free string. The maximum first: it has no branch to mispredict.
                var blockTop = -Float.infinity
                for index in base..<base + 64 {
                    blockTop = logits[index] > blockTop ? logits[index] : blockTop
                }
                guard blockTop > top else { continue }
                top = blockTop
                for index in base..<base + 64 where logits[index] == blockTop {
                    best = index
                    break
                }
                continue
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
    private static func sum(in logits: Span<Float>, words: Span<UInt64>, top: Float, scale: Float) -> Float {
        // Doubles: 151,936 small terms would otherwise vanish beside the first.
        var total: Double = 0
        for wordIndex in words.indices {
            var word = words[wordIndex]
            while word != 0 {
                let index = wordIndex * 64 + word.trailingZeroBitCount
                word &= word - 1
                guard index < logits.count else { break }
                let distance = (logits[index] - top) * scale
                if distance > negligible { total += Double(expf(distance)) }
            }
        }
        return Float(total)
    }

    /// The first allowed index at which the running sum passes `goal`.
    private static func index(
        in logits: Span<Float>, words: Span<UInt64>, top: Float, scale: Float, reaching goal: Float
    ) -> Int? {
        var total: Double = 0
        for wordIndex in words.indices {
            var word = words[wordIndex]
            while word != 0 {
                let index = wordIndex * 64 + word.trailingZeroBitCount
                word &= word - 1
                guard index < logits.count else { break }
                let distance = (logits[index] - top) * scale
                guard distance > negligible else { continue }
                total += Double(expf(distance))
                if total > Double(goal) { return index }
            }
        }
        return nil
    }
}
