/// A set of tokens: those that may come next.
public struct TokenMask: Hashable, Sendable {
    /// How many tokens the vocabulary has.
    public let tokenCount: Int

    /// One bit a token: token *i* is bit *i* mod 64 of word *i* / 64. Bits past `tokenCount` are zero.
    public private(set) var words: [UInt64]

    /// A mask that allows no token of a vocabulary with `tokenCount` tokens.
    public init(tokenCount: Int) {
        precondition(tokenCount >= 0, "A vocabulary can't have fewer than 0 tokens.")
        self.tokenCount = tokenCount
        words = [UInt64](repeating: 0, count: (tokenCount + 63) / 64)
    }

    /// Allows `token`.
    @inline(__always)
    public mutating func allow(_ token: TokenID) {
        precondition(
            token.rawValue >= 0 && Int(token.rawValue) < tokenCount, "The token isn't in the vocabulary.")
        words[Int(token.rawValue) >> 6] |= 1 << UInt64(token.rawValue & 63)
    }

    /// Allows no longer `token`.
    public mutating func deny(_ token: TokenID) {
        precondition(
            token.rawValue >= 0 && Int(token.rawValue) < tokenCount, "The token isn't in the vocabulary.")
        words[Int(token.rawValue) >> 6] &= ~(1 << UInt64(token.rawValue & 63))
    }

    /// Whether `token` is allowed; never so for a token outside the vocabulary.
    public func contains(_ token: TokenID) -> Bool {
        guard token.rawValue >= 0, Int(token.rawValue) < tokenCount else { return false }
        return words[Int(token.rawValue) >> 6] & (1 << UInt64(token.rawValue & 63)) != 0
    }

    /// Allows nothing any more; keeps the storage.
    public mutating func removeAll() {
        for index in words.indices { words[index] = 0 }
    }

    /// Allows all that `other`, a mask of the same vocabulary, allows too.
    public mutating func formUnion(_ other: TokenMask) {
        precondition(tokenCount == other.tokenCount, "Masks of different vocabularies can't be joined.")
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// How many tokens are allowed.
    /// - Complexity: O(*n* / 64)
    public var allowedCount: Int {
        words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Whether no token is allowed.
    public var isEmpty: Bool {
        words.allSatisfy { $0 == 0 }
    }

    /// The allowed token with the smallest number.
    public var firstAllowed: TokenID? {
        for (index, word) in words.enumerated() where word != 0 {
            return TokenID(Int32(index * 64 + word.trailingZeroBitCount))
        }
        return nil
    }

    /// The allowed token, if it is the only one: then no logits are needed.
    public var onlyAllowed: TokenID? {
        var found: TokenID?
        for (index, word) in words.enumerated() where word != 0 {
            guard found == nil, word.nonzeroBitCount == 1 else { return nil }
            found = TokenID(Int32(index * 64 + word.trailingZeroBitCount))
        }
        return found
    }

    /// The allowed tokens in ascending order.
    public var allowedTokens: [TokenID] {
        var tokens: [TokenID] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                tokens.append(TokenID(Int32(index * 64 + rest.trailingZeroBitCount)))
                rest &= rest - 1
            }
        }
        return tokens
    }

    /// Sets the logit of every token that isn't allowed to minus infinity.
    ///
    /// `logits` may be longer than the vocabulary (padding); what is beyond is never allowed.
    public func apply(to logits: inout MutableSpan<Float>) {
        for (index, word) in words.enumerated() where word != .max {
            let start = index * 64
            for bit in 0..<min(64, logits.count - start) where word & (1 << UInt64(bit)) == 0 {
                logits[start + bit] = -.infinity
            }
        }
        var index = words.count * 64
        while index < logits.count {
            logits[index] = -.infinity
            index += 1
        }
    }
}
