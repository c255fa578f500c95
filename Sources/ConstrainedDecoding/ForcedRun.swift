public import Tokens

/// What a grammar fixes next, as the tokens that the model's own tokenizer makes of it within the finished text.
public struct ForcedRun: Hashable, Sendable {
    /// Tokens that the finished text has, whatever the model chooses behind them.
    public var certain: [TokenID] = []
    /// Tokens that follow if the model's choice doesn't merge with them. Worth an evaluation in advance; whether they
    /// stay is for sampling to say.
    public var drafts: [TokenID] = []

    /// Nothing fixed.
    public init() {}
}

extension GrammarMatcher {
    /// The tokens of the bytes that every continuation starts with. Doesn't go on by them.
    ///
    /// A byte-pair tokenizer splits a text the same way whether or not something follows, as long as no token lies
    /// across the border. So a token of the fixed bytes is certain unless a token of the vocabulary that starts before
    /// its end reaches beyond the fixed bytes, the grammar allows it, and the tokenizer would write it there. Where that
    /// can happen, a token that the model has never seen in such a place would mislead it (llguidance,
    /// `docs/fast_forward.md`).
    ///
    /// `answer`: the tokens of the output so far.
    /// `trie`: the one that the matcher was made with.
    /// `tokenize`: the model's tokens of several texts.
    public mutating func forcedRun(
        after answer: [TokenID], trie: TokenTrie, tokenize: ([[UInt8]]) async throws -> [[TokenID]]
    ) async throws -> ForcedRun {
        let bytes = forcedBytes()
        guard !bytes.isEmpty else { return ForcedRun() }
        var border = ForcedBorder(bytes: bytes, matcher: self, trie: trie, answer: answer)
        return try await border.run(tokenize: tokenize)
    }
}

/// Finds where the certain tokens of fixed bytes end.
private struct ForcedBorder {
    /// A place from which a token may reach beyond the fixed bytes.
    private struct Start {
        let offset: Int
        let tokens: [TokenID]
    }

    private let bytes: [UInt8]
    private let matcher: GrammarMatcher
    private let trie: TokenTrie
    private let vocabulary: Vocabulary
    /// The end of the output so far, from the start of a token on.
    private var context: [UInt8] = []

    /// Enough of the output for any tokenizer to split what follows as it would behind all of it.
    private static let contextByteCount = 48
    /// So many texts are tokenized at once; more than all of these are taken for proof that one would do.
    private static let batchCount = 48
    private static let textLimit = 480

    init(bytes: [UInt8], matcher: GrammarMatcher, trie: TokenTrie, answer: [TokenID]) {
        self.bytes = bytes
        self.matcher = matcher
        self.trie = trie
        vocabulary = trie.vocabulary
        var first = answer.count
        var length = 0
        while first > 0, length < Self.contextByteCount {
            first -= 1
            length += vocabulary.bytes(of: answer[first]).count
        }
        context = answer[first...].flatMap { vocabulary.bytes(of: $0) }
    }

    mutating func run(tokenize: ([[UInt8]]) async throws -> [[TokenID]]) async throws -> ForcedRun {
        var end = matcher
        try end.consume(bytes: bytes)
        let starts = end.isFinished ? [] : try startsOfLongerTokens()
        let texts = [context + bytes] + starts.map { context + bytes[..<$0.offset] }
        var splits = try await tokenize(texts)
        if tail(of: splits[0]) == nil {
            // The latest token of the output would have become another one: this text is no longer the tokenizer's.
            context = []
            splits = try await tokenize([bytes] + starts.map { Array(bytes[..<$0.offset]) })
        }
        // A tokenizer that changes its text, by a normal form or a blank, can't tell what is fixed.
        guard let whole = tail(of: splits[0]), whole.flatMap({ vocabulary.bytes(of: $0) }) == bytes else {
            return ForcedRun()
        }
        var certain = whole.count
        // What follows the certain tokens if the fixed bytes never end a token.
        var guess: [TokenID] = []
        for (start, split) in zip(starts, splits.dropFirst()) {
            guard let head = tail(of: split) else { continue }
            var shared = 0
            while shared < min(head.count, whole.count), head[shared] == whole[shared] { shared += 1 }
            guard shared < certain else { continue }
            guard let token = try await firstWritten(of: start, behind: head, tokenize) else { continue }
            certain = shared
            guess = head[shared...] + [token]
        }
        var result = ForcedRun()
        result.certain = Array(whole[..<certain])
        result.drafts = Array(whole[certain...])
        if !guess.isEmpty, try await !canEnd(&end, whole, tokenize) { result.drafts = guess }
        return result
    }

    /// The tokens of `split` behind the context; `nil` if one lies across its end.
    private func tail(of split: [TokenID]) -> [TokenID]? {
        var length = 0
        var index = 0
        while length < context.count, index < split.count {
            length += vocabulary.bytes(of: split[index]).count
            index += 1
        }
        return length == context.count ? Array(split[index...]) : nil
    }

    /// The places in the fixed bytes from which allowed tokens reach beyond them, in ascending order.
    private func startsOfLongerTokens() throws -> [Start] {
        var starts: [Start] = []
        var place = matcher
        var mask = TokenMask(tokenCount: vocabulary.count)
        let first = max(0, bytes.count + 1 - TokenTrie.tokenByteLimit)
        try place.consume(bytes: bytes[..<first])
        for offset in first..<bytes.count {
            if offset > first { try place.consume(bytes: [bytes[offset - 1]]) }
            guard hasLongerToken(than: bytes[offset...], &mask) else { continue }
            place.computeMask(&mask)
            let length = bytes.count - offset
            let longer = mask.allowedTokens.filter { vocabulary.bytes(of: $0).count > length }
            if !longer.isEmpty { starts.append(Start(offset: offset, tokens: longer)) }
        }
        return starts
    }

    private func hasLongerToken(than bytes: ArraySlice<UInt8>, _ mask: inout TokenMask) -> Bool {
        var path = LongerTokens(bytes: bytes)
        trie.allowTokens(in: &mask, recognizer: &path)
        return path.isFound
    }

    /// A token of `start` that the tokenizer writes behind `head`, the first in the vocabulary: byte pairs are numbered by
    /// how common they are.
    private func firstWritten(
        of start: Start, behind head: [TokenID], _ tokenize: ([[UInt8]]) async throws -> [[TokenID]]
    ) async throws -> TokenID? {
        let text = context + bytes[..<start.offset]
        var rest = start.tokens[...]
        var count = 0
        while !rest.isEmpty {
            guard count < Self.textLimit else { return rest.first }
            let part = rest.prefix(Self.batchCount)
            rest = rest.dropFirst(part.count)
            count += part.count
            for (token, split) in zip(part, try await tokenize(part.map { text + vocabulary.bytes(of: $0) }))
            where tail(of: split) == head + [token] { return token }
        }
        return nil
    }

    /// Whether the tokenizer ever ends a token where the fixed bytes end.
    private func canEnd(
        _ end: inout GrammarMatcher, _ whole: [TokenID], _ tokenize: ([[UInt8]]) async throws -> [[TokenID]]
    ) async throws -> Bool {
        var mask = TokenMask(tokenCount: vocabulary.count)
        end.computeMask(&mask)
        let tokens = mask.allowedTokens
        guard !end.isAccepting, tokens.count <= Self.batchCount else { return true }
        let splits = try await tokenize(tokens.map { context + bytes + vocabulary.bytes(of: $0) })
        return zip(tokens, splits).contains { tail(of: $1) == whole + [$0] }
    }
}

/// Looks in the trie for a token that starts with `bytes` and goes on.
private struct LongerTokens: ByteRecognizer {
    let bytes: ArraySlice<UInt8>
    private var depth = 0
    private(set) var isFound = false

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    mutating func tryConsume(_ byte: UInt8) -> Bool {
        guard depth < bytes.count else {
            isFound = true
            return false
        }
        guard !isFound, bytes[bytes.startIndex + depth] == byte else { return false }
        depth += 1
        return true
    }

    mutating func rollback(_ count: Int) {
        depth -= count
    }
}
