public import Tokens

/// Follows one generation through a grammar: which tokens may come next, and what came.
///
/// A copy goes on independently. Copies share their automaton, so a matcher stays with one task at a time.
///
/// ```swift
/// var matcher = GrammarMatcher(grammar: grammar, trie: trie)
/// var mask = TokenMask(tokenCount: trie.vocabulary.count)
/// while !matcher.isFinished {
///     matcher.computeMask(&mask)
///     try matcher.consume(sample(mask))
/// }
/// ```
public struct GrammarMatcher {
    private let lease: AutomatonLease
    private var state: Int32
    private var generation: Int
    /// Whether an end-of-generation token has come.
    private var hasEnded = false

    /// All bytes consumed so far.
    public private(set) var output: [UInt8] = []

    /// Starts at the beginning of the grammar's texts.
    public init(grammar: Grammar, trie: TokenTrie) {
        lease = AutomatonLease(core: grammar.core, trie: trie)
        state = lease.automaton.startState
        generation = lease.automaton.generation
    }

    /// Whether the output may end here.
    public var isAccepting: Bool {
        var current = self
        return current.refreshed { automaton, state in automaton.isAccepting(state) }
    }

    /// Whether nothing can follow: the output is complete, or an end-of-generation token has come.
    public var isFinished: Bool {
        guard !hasEnded else { return true }
        var current = self
        return current.refreshed { automaton, state in automaton.isFinished(state) }
    }

    /// Sets `mask` to the tokens that may come next: each text token after which the output can still be completed, and
    /// the end-of-generation tokens where it may end. After the end, none.
    ///
    /// With 151,000 tokens roughly 1 µs where an earlier mask serves again. Otherwise 0.1 ms in a free string, up to
    /// 1 ms near a length limit, and 5 ms in a string whose pattern allows most characters but not all.
    public mutating func computeMask(_ mask: inout TokenMask) {
        precondition(
            mask.tokenCount == lease.automaton.trie.vocabulary.count, "The mask is for another vocabulary.")
        guard !hasEnded else {
            mask.removeAll()
            return
        }
        refreshed { automaton, state in automaton.computeMask(of: state, into: &mask) }
    }

    /// Goes on by one token. A token that the mask denies throws and changes nothing.
    public mutating func consume(_ token: TokenID) throws(GrammarError) {
        let vocabulary = lease.automaton.trie.vocabulary
        guard !hasEnded, vocabulary.contains(token) else {
            let reason = hasEnded ? "it has ended" : "the vocabulary has no token \(token)"
            throw GrammarError(.tokenNotAllowed(token), reason)
        }
        switch vocabulary.kind(of: token) {
        case .normal where !vocabulary.bytes(of: token).isEmpty:
            guard follow(vocabulary.bytes(of: token)) == nil else {
                throw GrammarError(.tokenNotAllowed(token), "the grammar doesn't allow token \(token) here")
            }
        case .endOfGeneration:
            guard isAccepting else {
                throw GrammarError(.tokenNotAllowed(token), "the grammar doesn't allow an end here")
            }
            hasEnded = true
        case .normal, .control, .unused:
            throw GrammarError(.tokenNotAllowed(token), "token \(token) isn't text")
        }
    }

    /// Goes on by `bytes`. Throws at the first byte that can't follow and then changes nothing.
    public mutating func consume(bytes: some Sequence<UInt8>) throws(GrammarError) {
        let bytes = Array(bytes)
        guard !hasEnded else {
            guard let first = bytes.first else { return }
            throw GrammarError(.byteNotAllowed(first), "it has ended")
        }
        if let index = follow(bytes[...]) {
            throw GrammarError(
                .byteNotAllowed(bytes[index]),
                "the grammar doesn't allow byte \(bytes[index]) at offset \(output.count + index)")
        }
    }

    /// The bytes that every continuation starts with, at most `limit`; empty where there is a choice, that of ending
    /// included. Doesn't go on by them.
    public mutating func forcedBytes(limit: Int = 512) -> [UInt8] {
        guard !hasEnded else { return [] }
        return refreshed { automaton, state in automaton.forcedBytes(from: state, limit: limit) }
    }

    /// Goes on by `bytes` as a whole, or returns the position of the first that can't follow.
    private mutating func follow(_ bytes: ArraySlice<UInt8>) -> Int? {
        var failure: Int?
        let end = refreshed { automaton, state in
            var state = state
            for index in bytes.indices {
                let next = automaton.step(state, bytes[index])
                guard next >= 0 else {
                    failure = index
                    return Automaton.dead
                }
                state = next
            }
            return state
        }
        guard failure == nil else { return failure }
        state = end
        output.append(contentsOf: bytes)
        return nil
    }

    /// Calls `body` with the automaton and the current state, whose number is found anew if the tables were emptied.
    @discardableResult
    private mutating func refreshed<Result>(_ body: (inout Automaton, Int32) -> Result) -> Result {
        if lease.automaton.isFull { lease.automaton.reset() }
        if generation != lease.automaton.generation {
            generation = lease.automaton.generation
            state = lease.automaton.state(after: output)
        }
        return body(&lease.automaton, state)
    }
}

/// Borrows an automaton from its grammar and returns it, with all that it has learnt, when the last matcher is gone.
private final class AutomatonLease {
    private let core: GrammarCore
    var automaton: Automaton

    init(core: GrammarCore, trie: TokenTrie) {
        self.core = core
        automaton = core.takeAutomaton(for: trie)
    }

    deinit {
        core.giveBack(automaton)
    }
}
