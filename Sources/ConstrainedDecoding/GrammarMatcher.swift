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
    /// How many characters the string or key has that is being written.
    private var characters: Int32 = 0
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
        current.refresh()
        return lease.automaton.isAccepting(current.state)
    }

    /// Whether nothing can follow: the output is complete, or an end-of-generation token has come.
    public var isFinished: Bool {
        guard !hasEnded else { return true }
        var current = self
        current.refresh()
        return lease.automaton.isFinished(current.state)
    }

    /// The first limit that was met behind what was checked when the schema was compiled, by this matcher or those that
    /// share its automaton: what lies beyond it is never offered. `nil` for almost all schemas.
    public var limitMet: GrammarError? { lease.automaton.book.failure }

    /// Sets `mask` to the tokens that may come next: each text token after which the output can still be completed, and
    /// the end-of-generation tokens where it may end. After the end, none.
    ///
    /// With 151,000 tokens under 1 µs where an earlier mask serves again, without allocation; otherwise some 10 µs, and
    /// 2 ms where a pattern is met for the first time in this process.
    public mutating func computeMask(_ mask: inout TokenMask) {
        precondition(
            mask.tokenCount == lease.trie.vocabulary.count, "The mask is for another vocabulary.")
        guard !hasEnded else {
            mask.removeAll()
            return
        }
        refresh()
        lease.automaton.computeMask(of: state, output: output, trie: lease.trie, into: &mask)
    }

    /// Goes on by one token. A token that the mask denies throws and changes nothing.
    public mutating func consume(_ token: TokenID) throws(GrammarError) {
        let vocabulary = lease.trie.vocabulary
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
        refresh()
        return lease.automaton.forcedBytes(from: state, limit: limit)
    }

    /// Goes on by `bytes` as a whole, or returns the position of the first that can't follow.
    private mutating func follow(_ bytes: ArraySlice<UInt8>) -> Int? {
        refresh()
        lease.automaton.book.allowWork()
        let start = (state: state, characters: characters, count: output.count)
        for index in bytes.indices {
            output.append(bytes[index])
            guard lease.automaton.follow(bytes[index], from: &state, characters: &characters, output: output) else {
                state = start.state
                characters = start.characters
                output.removeLast(output.count - start.count)
                return index
            }
        }
        return nil
    }

    /// Finds the current state's number anew if the tables were emptied.
    private mutating func refresh() {
        if lease.automaton.isFull { lease.automaton.reset() }
        guard generation != lease.automaton.generation else { return }
        generation = lease.automaton.generation
        (state, characters) = lease.automaton.state(after: output)
    }
}

extension Automaton {
    /// Goes on by the byte at the end of `output`; `false` if it can't follow.
    fileprivate mutating func follow(
        _ byte: UInt8, from state: inout Int32, characters: inout Int32, output: [UInt8]
    ) -> Bool {
        var next = step(state, byte)
        if next == Self.varies { next = step(state, byte, text: output) }
        guard next >= 0 else { return false }
        count(from: state, to: &next, characters: &characters)
        state = next
        return true
    }

    private mutating func count(from state: Int32, to next: inout Int32, characters: inout Int32) {
        let after = traits[Int(next)]
        guard after.isInside else { return }
        guard traits[Int(state)].isInside else {
            characters = 0
            return
        }
        guard after.isBetween else { return }
        characters += 1
        if characters >= after.countedFrom { next = counted(next, from: characters) }
    }

    /// The state after `bytes` from the start, without filling rows, so that following a long text again doesn't fill the
    /// tables again.
    fileprivate mutating func state(after bytes: [UInt8]) -> (state: Int32, characters: Int32) {
        var state = startState
        var characters: Int32 = 0
        var prefix: [UInt8] = []
        prefix.reserveCapacity(bytes.count)
        for byte in bytes {
            prefix.append(byte)
            var next = step(state, byte, text: prefix)
            count(from: state, to: &next, characters: &characters)
            state = next
        }
        return (state, characters)
    }
}

/// Borrows an automaton from its grammar and returns it, with all that it has learnt, when the last matcher is gone.
private final class AutomatonLease {
    private let core: GrammarCore
    let trie: TokenTrie
    var automaton: Automaton

    init(core: GrammarCore, trie: TokenTrie) {
        self.core = core
        self.trie = trie
        automaton = core.takeAutomaton(for: trie)
    }

    deinit {
        core.giveBack(automaton, for: trie)
    }
}
