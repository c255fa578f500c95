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
///
/// A few transitions depend on the text as well: a key without a name, and an element where all must differ, are kept to
/// be compared with later ones. Rows say so, and a walk through the tokens goes on without the text as far as it can; see
/// `isUnsure`.
struct Automaton: Sendable {
    var book: GoalBook
    /// The whole output is one of these.
    let sequences: [[Part]]
    var literals: [[UInt8]]

    var frames: [Frame] = []
    private var frameNumbers: [Frame: Int32] = [:]
    var texts = KeyTexts()
    var sets = NumberSets()
    var countLists = NumberSets()
    private(set) var configurations: [[Int32]] = []
    private(set) var traits: [Traits] = []
    private var stateNumbers: [[Int32]: Int32] = [:]
    private var rowOfState: [Int32] = []
    private var rows: [Int32] = []
    private var unsureTargets: [Int64: Int32] = [:]
    var masks = MaskMemo()
    var endingsOfState: [Int32: EndingSet] = [:]
    /// What the mask at hand is for.
    var origin: MaskOrigin?
    var forcedOfState: [Int32: [UInt8]] = [:]
    /// Grows when the tables are emptied; state numbers of before mean nothing any more.
    private(set) var generation = 0
    private(set) var startState: Int32 = 0

    /// The output so far with the byte that is being followed, where a step may depend on it.
    var text: [UInt8]?
    /// The value that has just ended, where the state alone tells it: one of a fixed set.
    var endedSpelling: [UInt8]?
    /// Whether the latest step forgot what a key or element was.
    var hasForgotten = false
    /// The byte that is being followed.
    var lastByte: UInt8 = 0
    /// Whether the latest steps had to know what an earlier step forgot.
    var isUnsure = false
    /// The states of the walk through the token trie, by depth.
    var path: [Int32] = []
    static let dead: Int32 = -1
    private static let unknown: Int32 = -2
    /// The step depends on the text.
    static let varies: Int32 = -3
    /// 16 MB of rows; beyond, the tables are emptied and filled anew.
    private static let rowLimit = 16_384
    /// The cell below all others: the document has ended.
    static let bottom: Int32 = 0

    /// Parts of the output that follow each other.
    enum Part: Sendable {
        case literal(Int32)
        case value(Int32)
    }

    /// What the matcher must know of a state.
    struct Traits: Sendable {
        var isAccepting = false
        /// Inside a string or key, and there between two characters.
        var isInside = false
        var isBetween = false
        /// From so many characters on they must be counted.
        var countedFrom = Int32.max
    }

    /// The literals that every grammar has, by index.
    enum Fixed {
        static let openObject: Int32 = 0
        static let closeObject: Int32 = 1
        static let openArray: Int32 = 2
        static let closeArray: Int32 = 3
        static let comma: Int32 = 4
        static let colon: Int32 = 5
        static let quote: Int32 = 6
        static let commaQuote: Int32 = 7

        static func literals(_ options: GrammarOptions) -> [[UInt8]] {
            let comma = options.separators.comma
            return ["{", "}", "[", "]", comma, options.separators.colon, "\"", comma + "\""].map { Array($0.utf8) }
        }
    }

    init(book: GoalBook, sequences: [[Part]], literals: [[UInt8]]) {
        self.book = book
        self.sequences = sequences
        self.literals = literals
        reset()
    }

    var isFull: Bool { rows.count > Self.rowLimit * 256 }

    /// Empties all tables.
    mutating func reset() {
        generation += 1
        frames = []
        frameNumbers = [:]
        texts = KeyTexts()
        sets = NumberSets()
        countLists = NumberSets()
        configurations = []
        traits = []
        stateNumbers = [:]
        rowOfState = []
        rows = []
        unsureTargets = [:]
        masks = MaskMemo()
        endingsOfState = [:]
        forcedOfState = [:]
        book.objectFinishes = [:]
        _ = cell(Frame(kind: .document, parent: -1))
        var starts: [Int32] = []
        for sequence in sequences.indices {
            let frame = Frame(kind: .sequence, a: Int32(sequence), parent: Self.bottom)
            continueSequence(frame, into: &starts)
        }
        startState = state(of: starts)
    }

    func isAccepting(_ state: Int32) -> Bool { traits[Int(state)].isAccepting }

    /// Whether nothing can follow.
    func isFinished(_ state: Int32) -> Bool { configurations[Int(state)] == [Self.bottom] }

    /// The state after `byte`, `dead`, or `varies`.
    @inline(__always)
    mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let row = rowOfState[Int(state)]
        if row >= 0 {
            let known = rows[Int(row) + Int(byte)]
            if known != Self.unknown { return known }
        }
        return learnStep(state, byte)
    }

    private mutating func learnStep(_ state: Int32, _ byte: UInt8) -> Int32 {
        let row = row(of: state)
        let known = rows[Int(row) + Int(byte)]
        if known != Self.unknown { return known }
        hasForgotten = false
        let unsure = isUnsure
        isUnsure = false
        var next = computeStep(state, byte)
        if hasForgotten || isUnsure {
            unsureTargets[Int64(state) << 8 | Int64(byte)] = isUnsure ? -2 - next : next
            next = Self.varies
        }
        isUnsure = unsure
        rows[Int(row) + Int(byte)] = next
        return next
    }

    /// The state after a step that `varies`, without regard to the text.
    mutating func forgetfulStep(_ state: Int32, _ byte: UInt8) -> Int32 {
        guard let next = unsureTargets[Int64(state) << 8 | Int64(byte)] else { return Self.dead }
        guard next < -1 else { return next }
        isUnsure = true
        return -2 - next
    }

    /// The state after a step that `varies`, given the output with the byte at its end.
    mutating func step(_ state: Int32, _ byte: UInt8, text: [UInt8]) -> Int32 {
        self.text = text
        defer { self.text = nil }
        return computeStep(state, byte)
    }

    private mutating func row(of state: Int32) -> Int32 {
        let row = rowOfState[Int(state)]
        if row >= 0 { return row }
        let added = rows.count
        rows.append(contentsOf: repeatElement(Self.dead, count: 256))
        for cell in configurations[Int(state)] { markBytes(of: frames[Int(cell)], row: added) }
        rowOfState[Int(state)] = Int32(added)
        return Int32(added)
    }

    /// Marks the bytes that may follow as unknown.
    private mutating func markBytes(of frame: Frame, row: Int) {
        switch frame.kind {
        case .literal: rows[row + Int(literals[Int(frame.a)][Int(frame.b)])] = Self.unknown
        case .lexeme:
            switch book.lexemes[Int(frame.a)] {
            case .values(let values):
                values.forEachByte(after: frame.lexemeState) { rows[row + Int($0)] = Self.unknown }
            case .number, .lattice:
                for byte in "0123456789.-+eE".utf8 { rows[row + Int(byte)] = Self.unknown }
            case .string:
                if StringLexeme.isInside(frame.lexemeState) {
                    for byte in 0x20...0xF4 { rows[row + byte] = Self.unknown }
                } else {
                    rows[row + 0x22] = Self.unknown
                }
            }
        case .key:
            if frame.a >= 0, frame.b >= 0 {
                for byte in 0x20...0xF4 { rows[row + byte] = Self.unknown }
            } else {
                let shape = Int(frames[Int(frame.parent)].a)
                book.objects[shape].names.forEachByte(after: frame.e) { rows[row + Int($0)] = Self.unknown }
                rows[row + 0x22] = Self.unknown
            }
        case .document, .object, .array, .sequence: break
        }
    }

    mutating func computeStep(_ state: Int32, _ byte: UInt8) -> Int32 {
        lastByte = byte
        var targets: [Int32] = []
        // Copied, because steps add to the list of all states.
        let cells = configurations[Int(state)]
        for cell in cells { step(cell, byte, into: &targets) }
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
        if sorted.count > 1 {
            sorted.sort()
            var kept = 1
            for index in 1..<sorted.count where sorted[index] != sorted[kept - 1] {
                sorted[kept] = sorted[index]
                kept += 1
            }
            sorted.removeLast(sorted.count - kept)
        }
        if let known = stateNumbers[sorted] { return known }
        let number = Int32(configurations.count)
        configurations.append(sorted)
        traits.append(traits(of: sorted))
        rowOfState.append(-1)
        stateNumbers[sorted] = number
        return number
    }

    private func traits(of cells: [Int32]) -> Traits {
        var traits = Traits()
        for cell in cells {
            let frame = frames[Int(cell)]
            switch frame.kind {
            case .document: traits.isAccepting = true
            case .lexeme:
                guard case .string(let string) = book.lexemes[Int(frame.a)] else { continue }
                note(string, frame.lexemeState, in: &traits)
            case .key:
                traits.isInside = true
                guard frame.a >= 0, frame.b >= 0, case .string(let string) = book.lexemes[Int(frame.a)] else {
                    continue
                }
                note(string, frame.lexemeState, in: &traits)
            case .literal, .object, .array, .sequence: continue
            }
        }
        return traits
    }

    private func note(_ string: StringLexeme, _ state: LexemeState, in traits: inout Traits) {
        guard StringLexeme.isInside(state) else { return }
        traits.isInside = true
        if StringLexeme.isBetweenCharacters(state) { traits.isBetween = true }
        if state.count == StringLexeme.uncounted { traits.countedFrom = min(traits.countedFrom, string.countedFrom) }
    }

    /// The same state with characters counted, of which there are `count` so far.
    mutating func counted(_ state: Int32, from count: Int32) -> Int32 {
        let cells = configurations[Int(state)].map { cell -> Int32 in
            var frame = frames[Int(cell)]
            guard frame.kind == .lexeme || frame.kind == .key, frame.a >= 0, frame.b >= 0,
                frame.c == StringLexeme.uncounted,
                case .string(let string) = book.lexemes[Int(frame.a)]
            else { return cell }
            frame.set(string.counted(frame.lexemeState, from: count))
            return self.cell(frame)
        }
        return self.state(of: cells)
    }
}
