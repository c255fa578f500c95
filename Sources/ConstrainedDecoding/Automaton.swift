import Tokens

/// The deterministic automaton of a grammar, built while it is used.
///
/// A *configuration* is a stack of frames: what is being written, and below it what that belongs to. Stacks are
/// linked cells, each stored once, so a configuration is a cell's number. A *state* is a set of configurations, all
/// that the bytes so far allow; equal sets are one state. The byte transitions of a state are computed when first
/// asked for and kept in a row of 256.
///
/// Each configuration can be completed: a frame is entered only if it has an instance within the nesting limit, and a
/// lexeme's state exists only if the lexeme can be finished. So there are no dead ends.
struct Automaton: Sendable {
    let program: GrammarProgram
    let trie: TokenTrie

    var frames: [Frame] = []
    private var frameNumbers: [Frame: Int32] = [:]
    var keys = KeySets()
    private(set) var configurations: [[Int32]] = []
    private var accepting: [Bool] = []
    private var stateNumbers: [[Int32]: Int32] = [:]
    private var rowOfState: [Int32] = []
    private var rows: [Int32] = []
    /// The states of the walk through the token trie, from the state that the mask is for.
    private var path: [Int32] = []
    /// Whether the latest walk tried to go on where it had to know an earlier key's text.
    private(set) var meetsUnsureKey = false
    private var hasUnsureKey: [Bool] = []
    var maskOfState: [Int32: TokenMask] = [:]
    /// Grows when the tables are emptied; state numbers of before mean nothing any more.
    private(set) var generation = 0
    private(set) var startState: Int32 = 0

    static let dead: Int32 = -1
    private static let unknown: Int32 = -2
    /// 8 MB of rows; beyond, the tables are emptied and filled anew.
    private static let rowLimit = 8192
    /// The cell below all others: the document has ended.
    static let bottom: Int32 = 0

    init(program: GrammarProgram, trie: TokenTrie) {
        self.program = program
        self.trie = trie
        reset()
    }

    var isFull: Bool { rows.count > Self.rowLimit * 256 }

    /// Empties all tables.
    mutating func reset() {
        generation += 1
        frames = []
        frameNumbers = [:]
        keys = KeySets()
        configurations = []
        accepting = []
        hasUnsureKey = []
        stateNumbers = [:]
        rowOfState = []
        rows = []
        rows.reserveCapacity(256 * 256)
        path = []
        maskOfState = [:]
        _ = cell(Frame(kind: .document, parent: -1))
        var starts: [Int32] = []
        for sequence in program.sequences.indices {
            let frame = Frame(kind: .sequence, a: Int32(sequence), parent: Self.bottom)
            continueSequence(frame, into: &starts)
        }
        startState = state(of: starts)
    }

    func isAccepting(_ state: Int32) -> Bool { accepting[Int(state)] }

    /// Whether nothing can follow.
    func isFinished(_ state: Int32) -> Bool { configurations[Int(state)] == [Self.bottom] }

    /// The state after `byte`, or `dead`.
    mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let row = row(of: state)
        let known = rows[Int(row) * 256 + Int(byte)]
        if known != Self.unknown { return known }
        let next = computeStep(state, byte)
        rows[Int(row) * 256 + Int(byte)] = next
        return next
    }

    /// The state after `bytes` from the start, without filling rows, so that following a long text again doesn't fill the
    /// tables again.
    mutating func state(after bytes: [UInt8]) -> Int32 {
        var state = startState
        for byte in bytes { state = computeStep(state, byte) }
        return state
    }

    private mutating func row(of state: Int32) -> Int32 {
        let row = rowOfState[Int(state)]
        if row >= 0 { return row }
        let added = Int32(rows.count / 256)
        rows.append(contentsOf: repeatElement(Self.unknown, count: 256))
        rowOfState[Int(state)] = added
        return added
    }

    private mutating func computeStep(_ state: Int32, _ byte: UInt8) -> Int32 {
        var targets: [Int32] = []
        // Copied, because steps add to the list of all states.
        for cell in configurations[Int(state)] {
            step(cell, byte, into: &targets)
        }
        return targets.isEmpty ? Self.dead : self.state(of: targets)
    }

    mutating func cell(_ frame: Frame) -> Int32 {
        if let known = frameNumbers[frame] { return known }
        let number = Int32(frames.count)
        frames.append(frame)
        frameNumbers[frame] = number
        return number
    }

    /// The state that consists of `cells`.
    mutating func state(of cells: [Int32]) -> Int32 {
        var sorted = cells
        if sorted.count > 1 { sorted = Set(cells).sorted() }
        if let known = stateNumbers[sorted] { return known }
        let number = Int32(configurations.count)
        configurations.append(sorted)
        accepting.append(sorted.first == Self.bottom)
        hasUnsureKey.append(sorted.contains { frames[Int($0)].kind == .unsure })
        rowOfState.append(-1)
        stateNumbers[sorted] = number
        return number
    }
}

// MARK: - Walking the token trie

extension Automaton: ByteRecognizer {
    mutating func tryConsume(_ byte: UInt8) -> Bool {
        let state = path[path.count - 1]
        if hasUnsureKey[Int(state)] { meetsUnsureKey = true }
        let next = step(state, byte)
        guard next >= 0 else { return false }
        path.append(next)
        return true
    }

    mutating func rollback(_ count: Int) {
        path.removeLast(count)
    }

    /// Adds the tokens of `tokens` that may follow `state`.
    mutating func allow(_ tokens: FlatTrie, from state: Int32, in mask: inout TokenMask) {
        path.removeAll(keepingCapacity: true)
        path.append(state)
        meetsUnsureKey = false
        tokens.allowTokens(in: &mask, recognizer: &self)
    }
}
