import ModelRuntime
import Testing
import Tokens

@Suite struct MaskedSamplerTests {
    /// The same choice by the definition: a softmax over the allowed tokens.
    private func expected(_ logits: [Float], _ allowed: [Int]) -> (best: Int, probability: Double) {
        var best = allowed[0]
        for index in allowed where logits[index] > logits[best] { best = index }
        let total = allowed.reduce(0.0) { $0 + exp2(Double(logits[$1] - logits[best]) * 1.442695040888963) }
        return (best, 1 / total)
    }

    private func exp2(_ value: Double) -> Double {
        // Enough terms for |value| below 64 halvings: squaring keeps the argument small.
        var x = value * 0.6931471805599453 / 65536
        x = 1 + x + x * x / 2 + x * x * x / 6
        for _ in 0..<16 { x *= x }
        return x
    }

    /// A span can't go through the testing macros.
    private func choose(_ sampler: MaskedSampler, _ logits: [Float], _ mask: TokenMask) -> SampledToken? {
        sampler.choose(from: logits.span, mask: mask)
    }

    @Test(arguments: [1, 63, 64, 65, 200, 5000])
    func `the choice at temperature 0 is the best allowed token`(count: Int) throws {
        var generator = TestGenerator(state: UInt64(count))
        for density in [1, 2, 7] {
            let logits = (0..<count).map { _ in Float.random(in: -20...20, using: &generator) }
            var mask = TokenMask(tokenCount: count)
            var allowed: [Int] = []
            for index in 0..<count where index == 0 || Int.random(in: 0..<density, using: &generator) == 0 {
                mask.allow(TokenID(rawValue: Int32(index)))
                allowed.append(index)
            }
            let sampler = MaskedSampler(temperature: 0, draw: SamplingDraw(seed: 1, key: 1, position: 0))
            let choice = try #require(choose(sampler, logits, mask))
            let wanted = expected(logits, allowed)
            #expect(Int(choice.token.rawValue) == wanted.best)
            #expect(abs(Double(choice.probability) - wanted.probability) < 1e-4)
        }
    }

    @Test func `the first of several best tokens is chosen`() throws {
        let logits = [Float](repeating: 1, count: 130)
        var mask = TokenMask(tokenCount: 130)
        for index in 5..<130 { mask.allow(TokenID(rawValue: Int32(index))) }
        let sampler = MaskedSampler(temperature: 0, draw: SamplingDraw(seed: 1, key: 1, position: 0))
        #expect(choose(sampler, logits, mask)?.token == TokenID(rawValue: 5))
    }

    @Test func `draws follow the allowed tokens' shares`() throws {
        // e^0 : e^ln3, and a better token that isn't allowed.
        let logits: [Float] = [0, 9, 1.0986123]
        var mask = TokenMask(tokenCount: 3)
        mask.allow(TokenID(rawValue: 0))
        mask.allow(TokenID(rawValue: 2))
        var counts = [0, 0, 0]
        for position in 0..<4000 {
            let draw = SamplingDraw(seed: 7, key: 42, position: position)
            let choice = try #require(
                choose(MaskedSampler(temperature: 1, draw: draw), logits, mask))
            counts[Int(choice.token.rawValue)] += 1
        }
        #expect(counts[1] == 0)
        #expect(abs(counts[2] - 3000) < 120)
    }

    @Test func `an empty mask and logits that are no numbers leave nothing to choose`() {
        let sampler = MaskedSampler(temperature: 0, draw: SamplingDraw(seed: 1, key: 1, position: 0))
        let mask = TokenMask(tokenCount: 100)
        #expect(choose(sampler, [Float](repeating: 0, count: 100), mask) == nil)
        var all = mask
        for index in 0..<100 { all.allow(TokenID(rawValue: Int32(index))) }
        #expect(choose(sampler, [Float](repeating: .nan, count: 100), all) == nil)
    }
}

/// SplitMix64: the same numbers in every run.
private struct TestGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
