/// A set of tokens: those that may come next.
public struct TokenMask: Hashable, Sendable {
    /// How many tokens the vocabulary has.
    public let tokenCount: Int

    /// One bit a token: token *i* is bit *i* mod 64 of word *i* / 64. Bits past `tokenCount` are zero.
    public var words: [UInt64] { bits }

    @usableFromInline var bits: [UInt64]

    /// A mask that allows no token of a vocabulary with `tokenCount` tokens.
    public init(tokenCount: Int) {
        precondition(tokenCount >= 0, "A vocabulary can't have fewer than 0 tokens.")
        self.tokenCount = tokenCount
        bits = [UInt64](repeating: 0, count: (tokenCount + 63) / 64)
    }

    /// Allows `token`.
    @inlinable
    public mutating func allow(_ token: TokenID) {
        precondition(
            token.rawValue >= 0 && Int(token.rawValue) < tokenCount, "The token isn't in the vocabulary.")
        bits[Int(token.rawValue) >> 6] |= 1 << UInt64(token.rawValue & 63)
    }

    /// Allows no longer `token`.
    @inlinable
    public mutating func deny(_ token: TokenID) {
        precondition(
            token.rawValue >= 0 && Int(token.rawValue) < tokenCount, "The token isn't in the vocabulary.")
        bits[Int(token.rawValue) >> 6] &= ~(1 << UInt64(token.rawValue & 63))
    }

    /// Whether `token` is allowed; never so for a token outside the vocabulary.
    @inlinable
    public func contains(_ token: TokenID) -> Bool {
        guard token.rawValue >= 0, Int(token.rawValue) < tokenCount else { return false }
        return bits[Int(token.rawValue) >> 6] & (1 << UInt64(token.rawValue & 63)) != 0
    }

    /// Allows nothing any more; keeps the storage.
    public mutating func removeAll() {
        unsafe bits.withUnsafeMutableBufferPointer { target in
            // All words are written, and the pointer doesn't outlive the closure.
            unsafe target.update(repeating: 0)
        }
    }

    /// Allows what `other`, a mask of the same vocabulary, allows and nothing else; keeps the storage.
    package mutating func assign(_ other: TokenMask) {
        precondition(tokenCount == other.tokenCount, "Masks of different vocabularies can't be copied.")
        unsafe bits.withUnsafeMutableBufferPointer { target in
            unsafe other.bits.withUnsafeBufferPointer { source in
                // Both have the words of `tokenCount` tokens, and neither outlives its closure.
                _ = unsafe target.update(fromContentsOf: source)
            }
        }
    }

    /// Allows `tokens` and nothing else; keeps the storage.
    package mutating func assign(_ tokens: ArraySlice<TokenID>) {
        removeAll()
        for token in tokens { allow(token) }
    }

    /// How many words a piece has that masks are put together from.
    package static let pieceWordCount = 64

    /// Allows what the pieces with the numbers `pieces` say, which stand in `words` one behind the other, and nothing
    /// else; keeps the storage.
    package mutating func assign(pieces: ArraySlice<Int32>, of words: [UInt64]) {
        let count = Self.pieceWordCount
        precondition(pieces.count == (bits.count + count - 1) / count, "The pieces are of another vocabulary.")
        unsafe bits.withUnsafeMutableBufferPointer { target in
            unsafe words.withUnsafeBufferPointer { source in
                var start = 0
                for piece in pieces {
                    let end = min(start + count, target.count)
                    let from = Int(piece) * count
                    // Both ranges are checked against their buffers, and neither buffer outlives its closure.
                    _ = unsafe target[start..<end].update(fromContentsOf: source[from..<(from + end - start)])
                    start = end
                }
            }
        }
    }

    /// Allows all that `other`, a mask of the same vocabulary, allows too.
    public mutating func formUnion(_ other: TokenMask) {
        precondition(tokenCount == other.tokenCount, "Masks of different vocabularies can't be joined.")
        for index in bits.indices { bits[index] |= other.bits[index] }
    }

    /// How many tokens are allowed.
    /// - Complexity: O(*n* / 64)
    public var allowedCount: Int {
        bits.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Whether no token is allowed.
    public var isEmpty: Bool {
        bits.allSatisfy { $0 == 0 }
    }

    /// The allowed token with the smallest number.
    public var firstAllowed: TokenID? {
        for (index, word) in bits.enumerated() where word != 0 {
            return TokenID(Int32(index * 64 + word.trailingZeroBitCount))
        }
        return nil
    }

    /// The allowed token, if it is the only one: then no logits are needed.
    public var onlyAllowed: TokenID? {
        var found: TokenID?
        for (index, word) in bits.enumerated() where word != 0 {
            guard found == nil, word.nonzeroBitCount == 1 else { return nil }
            found = TokenID(Int32(index * 64 + word.trailingZeroBitCount))
        }
        return found
    }

    /// The allowed tokens in ascending order.
    public var allowedTokens: [TokenID] {
        var tokens: [TokenID] = []
        for (index, word) in bits.enumerated() {
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
        for (index, word) in bits.enumerated() where word != .max {
            let start = index * 64
            for bit in 0..<min(64, logits.count - start) where word & (1 << UInt64(bit)) == 0 {
                logits[start + bit] = -.infinity
            }
        }
        var index = bits.count * 64
        while index < logits.count {
            logits[index] = -.infinity
            index += 1
        }
    }
}
