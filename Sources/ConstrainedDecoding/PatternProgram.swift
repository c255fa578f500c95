import JSONSchemas

/// A pattern as states that say what the rest of a text must look like (Thompson's construction read backwards). With
/// look-around it is an alternating automaton: a state may ask for two things at once, or that one thing doesn't hold.
struct PatternProgram {
    enum State {
        /// Nothing more is asked.
        case accept
        case characters([ClosedRange<UInt32>], Int)
        case any([Int])
        /// The text has not begun.
        case atStart(Int)
        /// The text has ended.
        case atEnd(Int)
        /// What starts at the first state holds (or doesn't), and then the second state.
        case lookahead(Int, isNegative: Bool, Int)
        /// The tracker with this number has just matched (or hasn't).
        case lookbehind(Int, isNegative: Bool, Int)
        /// The character before is a word character (or isn't, or there is none).
        case behindWord(Bool, Int)
    }

    private(set) var states: [State] = [.accept]
    /// Entry states of the expressions that stand in look-behinds.
    private(set) var trackers: [Int] = []
    private(set) var asksForWords = false
    /// Whether any state asks for what stands before or behind.
    private(set) var looksAround = false
    private let stateLimit: Int
    /// Whether what is being added stands in a negative look-ahead or a look-behind.
    private var isInside = false

    static let accept = 0
    static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]

    init(stateLimit: Int) {
        self.stateLimit = stateLimit
    }

    private mutating func add(_ state: State) throws(GrammarError) -> Int {
        // A pattern's states are many times its automaton's when it repeats a group; the limit is on both.
        guard states.count < stateLimit * 8 else {
            throw GrammarError(.stateLimit(limit: stateLimit), "`pattern` needs more than \(stateLimit) states")
        }
        states.append(state)
        return states.count - 1
    }

    /// Adds states that match `expression` and go on at `next`; returns the first.
    mutating func add(_ expression: StringPattern.Expression, before next: Int) throws(GrammarError) -> Int {
        switch expression {
        case .scalar(let set): return try add(.characters(set.ranges, next))
        case .start: return try add(.atStart(next))
        case .end: return try add(.atEnd(next))
        case .sequence(let parts):
            var first = next
            for part in parts.reversed() { first = try add(part, before: first) }
            return first
        case .alternation(let parts):
            var firsts: [Int] = []
            for part in parts { firsts.append(try add(part, before: next)) }
            return try add(.any(firsts))
        case .repetition(let part, let minimum, let maximum):
            return try addRepetition(of: part, minimum: minimum, maximum: maximum, before: next)
        case .lookahead(let part, let isNegative):
            try refuseNesting("a look-ahead")
            looksAround = true
            let first = try inside(isNegative, part)
            return try add(.lookahead(first, isNegative: isNegative, next))
        case .lookbehind(let part, let isNegative):
            looksAround = true
            trackers.append(try inside(true, part))
            return try add(.lookbehind(trackers.count - 1, isNegative: isNegative, next))
        case .wordBoundary(let isNegative):
            try refuseNesting("`\\b`")
            asksForWords = true
            looksAround = true
            let word = try add(.characters(Self.word, Self.accept))
            let before = try add(.lookahead(word, isNegative: !isNegative, next))
            let after = try add(.lookahead(word, isNegative: isNegative, next))
            return try add(.any([add(.behindWord(true, before)), add(.behindWord(false, after))]))
        }
    }

    private func refuseNesting(_ part: String) throws(GrammarError) {
        guard !isInside else {
            throw GrammarError(
                .unsupported, "`pattern` has \(part) within a look-behind or negative look-ahead")
        }
    }

    private mutating func inside(
        _ isInside: Bool, _ part: StringPattern.Expression
    ) throws(GrammarError) -> Int {
        let outer = self.isInside
        self.isInside = outer || isInside
        defer { self.isInside = outer }
        return try add(part, before: Self.accept)
    }

    private mutating func addRepetition(
        of part: StringPattern.Expression, minimum: Int, maximum: Int?, before next: Int
    ) throws(GrammarError) -> Int {
        var first = next
        if let maximum {
            for _ in minimum..<max(minimum, maximum) {
                first = try add(.any([add(part, before: first), next]))
            }
        } else {
            let loop = try add(.any([]))
            let body = try add(part, before: loop)
            states[loop] = .any([body, next])
            first = loop
        }
        for _ in 0..<minimum { first = try add(part, before: first) }
        return first
    }
}
