import Testing
import Tokens

@Suite struct TokenMaskTests {
    @Test(arguments: [1, 63, 64, 65, 1_000])
    func `only allowed tokens keep their logit`(tokenCount: Int) {
        var mask = TokenMask(tokenCount: tokenCount)
        let allowed = (0..<tokenCount).filter { $0 % 3 == 0 }
        for token in allowed { mask.allow(TokenID(Int32(token))) }
        // Models pad their logits; the padding is never allowed.
        var logits = [Float](repeating: 1, count: tokenCount + 70)
        var span = logits.mutableSpan
        mask.apply(to: &span)
        let kept = logits.indices.filter { logits[$0] == 1 }
        #expect(kept == allowed)
        #expect(logits.allSatisfy { $0 == 1 || $0 == -.infinity })
        #expect(mask.allowedCount == allowed.count)
        #expect(mask.allowedTokens.map { Int($0.rawValue) } == allowed)
    }

    @Test func `a mask names its only token`() {
        var mask = TokenMask(tokenCount: 200)
        #expect(mask.onlyAllowed == nil)
        #expect(mask.isEmpty)
        mask.allow(TokenID(130))
        #expect(mask.onlyAllowed == TokenID(130))
        mask.allow(TokenID(7))
        #expect(mask.onlyAllowed == nil)
        #expect(mask.firstAllowed == TokenID(7))
        mask.deny(TokenID(7))
        #expect(mask.onlyAllowed == TokenID(130))
        mask.removeAll()
        #expect(mask.isEmpty)
    }

    @Test(arguments: [1, 4_096, 4_097, 9_000])
    func `a mask is put together from pieces`(tokenCount: Int) {
        let wordCount = TokenMask.pieceWordCount
        // A piece of all tokens, one of none and one of every second.
        let kinds: [UInt64] = [.max, 0, 0x5555_5555_5555_5555]
        let words = kinds.flatMap { [UInt64](repeating: $0, count: wordCount) }
        let pieceCount = ((tokenCount + 63) / 64 + wordCount - 1) / wordCount
        let pieces = (0..<pieceCount).map { Int32([2, 1, 0][$0 % 3]) }
        var mask = TokenMask(tokenCount: tokenCount)
        mask.allow(TokenID(0))
        mask.assign(pieces: pieces[...], of: words)
        let size = 64 * wordCount
        let expected = (0..<mask.words.count * 64).filter { token in
            switch pieces[token / size] {
            case 0: true
            case 1: false
            default: token.isMultiple(of: 2)
            }
        }
        #expect(mask.allowedTokens.map { Int($0.rawValue) } == expected)
    }

    @Test func `a union allows what either mask allows`() {
        var left = TokenMask(tokenCount: 70)
        var right = left
        left.allow(TokenID(1))
        right.allow(TokenID(69))
        left.formUnion(right)
        #expect(left.allowedTokens == [TokenID(1), TokenID(69)])
    }

    @Test func `a token outside the vocabulary is never allowed`() {
        let mask = TokenMask(tokenCount: 5)
        #expect(!mask.contains(TokenID(5)))
        #expect(!mask.contains(TokenID(-1)))
    }
}
