/// Thompson's construction and simulation (Thompson 1968): all alternatives advance together, so that matching time is
/// bounded whatever the pattern and the text are.
///
/// What looks around is simulated first, over the whole text, and leaves a bit a position: a look-behind reads forward
/// and asks where a match may end, a look-ahead reads backward and asks where one may begin.
struct PatternAutomaton: Sendable {
    static let stateLimit = 20_000

    enum State {
        case scalar(Int, next: Int)
        case split(Int, Int)
        case start(next: Int)
        case end(next: Int)
        case wordBoundary(isNegative: Bool, next: Int)
        case look(Int, isNegative: Bool, next: Int)
        case accept
    }

    /// A set of code points with its ASCII part as bits.
    struct Class {
        let low: UInt64
        let high: UInt64
        let set: ScalarSet

        init(_ set: ScalarSet) {
            var bits: (UInt64, UInt64) = (0, 0)
            for value in UInt32(0)..<128 where set.contains(value) {
                if value < 64 { bits.0 |= 1 << UInt64(value) } else { bits.1 |= 1 << UInt64(value - 64) }
            }
            (low, high) = bits
            self.set = set
        }

        func contains(_ value: UInt32) -> Bool {
            if value < 64 { return low >> UInt64(value) & 1 == 1 }
            if value < 128 { return high >> UInt64(value - 64) & 1 == 1 }
            return set.contains(value)
        }
    }

    private struct Look {
        let entry: Int
        let readsBackward: Bool
    }

    private(set) var states: [State] = [.accept]
    private(set) var classes: [Class] = []
    private var classIndices: [ScalarSet: Int] = [:]
    /// Inner ones stand before those that hold them.
    private var looks: [Look] = []
    private(set) var entry = 0
    /// Whether a match can begin at the text's start only.
    private var isAnchored = false

    init(_ expression: StringPattern.Expression) {
        entry = add(expression, before: 0, backward: false)
        isAnchored = expression.beginsAtStart
        classIndices = [:]
    }

    /// Adds states that match `expression` and go on at `next`; returns the first.
    private mutating func add(_ expression: StringPattern.Expression, before next: Int, backward: Bool) -> Int {
        switch expression {
        case .scalar(let set): return push(.scalar(index(of: set), next: next))
        case .start: return push(.start(next: next))
        case .end: return push(.end(next: next))
        case .wordBoundary(let isNegative): return push(.wordBoundary(isNegative: isNegative, next: next))
        case .lookahead(let inside, let isNegative):
            return addLook(inside, readsBackward: true, isNegative: isNegative, before: next)
        case .lookbehind(let inside, let isNegative):
            return addLook(inside, readsBackward: false, isNegative: isNegative, before: next)
        case .sequence(let parts):
            var first = next
            for part in backward ? parts : parts.reversed() { first = add(part, before: first, backward: backward) }
            return first
        case .alternation(let parts):
            var first: Int?
            for part in parts.reversed() {
                let state = add(part, before: next, backward: backward)
                first = first.map { push(.split(state, $0)) } ?? state
            }
            return first ?? next
        case .repetition(let part, let minimum, let maximum):
            return addRepetition(of: part, minimum: minimum, maximum: maximum, before: next, backward: backward)
        }
    }

    private mutating func addLook(
        _ inside: StringPattern.Expression, readsBackward: Bool, isNegative: Bool, before next: Int
    ) -> Int {
        let accept = push(.accept)
        let entry = add(inside, before: accept, backward: readsBackward)
        looks.append(Look(entry: entry, readsBackward: readsBackward))
        return push(.look(looks.count - 1, isNegative: isNegative, next: next))
    }

    private mutating func addRepetition(
        of part: StringPattern.Expression, minimum: Int, maximum: Int?, before next: Int, backward: Bool
    ) -> Int {
        var first = next
        if let maximum {
            for _ in minimum..<max(minimum, maximum) {
                let state = add(part, before: first, backward: backward)
                // A part that matches nothing but the empty text adds no states of its own, however often it stands.
                if state == first { break }
                first = push(.split(state, next))
            }
        } else {
            let loop = push(.split(next, next))
            states[loop] = .split(add(part, before: loop, backward: backward), next)
            first = loop
        }
        for _ in 0..<minimum {
            let state = add(part, before: first, backward: backward)
            if state == first { break }
            first = state
        }
        return first
    }

    private mutating func index(of set: ScalarSet) -> Int {
        if let known = classIndices[set] { return known }
        classes.append(Class(set))
        classIndices[set] = classes.count - 1
        return classes.count - 1
    }

    private mutating func push(_ state: State) -> Int {
        states.append(state)
        return states.count - 1
    }

    var stateCount: Int { states.count }

    /// A simulation over a text, with what looks around done.
    func begun(on text: String) -> Run {
        let scalars = text.unicodeScalars.map(\.value)
        var run = Run(states: states.count, scalars: scalars)
        for look in looks {
            var truth = [Bool](repeating: false, count: scalars.count + 1)
            for position in look.readsBackward ? Array((0...scalars.count).reversed()) : Array(0...scalars.count) {
                truth[position] = advance(&run, to: position, backward: look.readsBackward, entering: look.entry)
            }
            run.truths.append(truth)
            run.restart()
        }
        return run
    }

    func matches(_ text: String) -> Bool {
        var run = begun(on: text)
        let scalars = run.scalars
        // Where every match begins with one of a set, most of a text is passed over without a state.
        var firsts: Class?
        if case .scalar(let index, _) = states[entry] { firsts = classes[index] }
        var position = 0
        while position <= scalars.count {
            if run.current.isEmpty {
                if position > 0, isAnchored { return false }
                if let firsts {
                    while position < scalars.count, !firsts.contains(scalars[position]) { position += 1 }
                }
            }
            // Search semantics: a match may begin at every position.
            let entering = isAnchored && position > 0 ? nil : entry
            if advance(&run, to: position, backward: false, entering: entering) { return true }
            position += 1
        }
        return false
    }

    /// One simulation over a text.
    struct Run {
        let scalars: [UInt32]
        /// The states that wait for a code point.
        var current: [Int] = []
        var next: [Int] = []
        var pending: [Int] = []
        /// The last step at which a state was entered: a set that needs no clearing.
        var marks: [Int]
        var step = 0
        /// Where each look holds, by its index and a position.
        var truths: [[Bool]] = []

        init(states: Int, scalars: [UInt32]) {
            self.scalars = scalars
            marks = [Int](repeating: -1, count: states)
        }

        mutating func restart() {
            current.removeAll(keepingCapacity: true)
            step += 1
        }

        func isWord(_ position: Int) -> Bool {
            scalars.indices.contains(position) && ScalarSet.word.contains(scalars[position])
        }
    }

    /// Reads the code point on the way to `position`, enters `entry` there, and returns whether a match is complete.
    func advance(_ run: inout Run, to position: Int, backward: Bool, entering entry: Int?) -> Bool {
        run.next.removeAll(keepingCapacity: true)
        run.step += 1
        var isComplete = false
        if !run.current.isEmpty {
            let value = run.scalars[backward ? position : position - 1]
            for state in run.current {
                guard case .scalar(let index, let target) = states[state], classes[index].contains(value) else {
                    continue
                }
                if follow(target, &run, at: position) { isComplete = true }
            }
        }
        if let entry, follow(entry, &run, at: position) { isComplete = true }
        swap(&run.current, &run.next)
        return isComplete
    }

    /// Enters `state` and all that are reached without reading; returns whether an accepting state is among them.
    private func follow(_ state: Int, _ run: inout Run, at position: Int) -> Bool {
        var isComplete = false
        run.pending.removeAll(keepingCapacity: true)
        run.pending.append(state)
        while let state = run.pending.popLast() {
            guard run.marks[state] != run.step else { continue }
            run.marks[state] = run.step
            switch states[state] {
            case .scalar: run.next.append(state)
            case .split(let a, let b):
                run.pending.append(b)
                run.pending.append(a)
            case .start(let next): if position == 0 { run.pending.append(next) }
            case .end(let next): if position == run.scalars.count { run.pending.append(next) }
            case .wordBoundary(let isNegative, let next):
                if (run.isWord(position - 1) != run.isWord(position)) != isNegative { run.pending.append(next) }
            case .look(let index, let isNegative, let next):
                if run.truths[index][position] != isNegative { run.pending.append(next) }
            case .accept: isComplete = true
            }
        }
        return isComplete
    }
}

extension StringPattern.Expression {
    /// How many states the expression needs, saturating far above the limit.
    var stateCount: Int {
        switch self {
        case .scalar, .start, .end, .wordBoundary: return 1
        case .lookahead(let inside, _), .lookbehind(let inside, _): return inside.stateCount + 2
        case .sequence(let parts), .alternation(let parts):
            return min(parts.reduce(parts.count) { $0 + $1.stateCount }, 1 << 30)
        case .repetition(let part, let minimum, let maximum):
            let (product, overflows) = part.stateCount.multipliedReportingOverflow(by: max(maximum ?? minimum + 1, 1))
            return overflows ? 1 << 30 : min(product + 1, 1 << 30)
        }
    }

    /// Whether every match begins at the text's start.
    fileprivate var beginsAtStart: Bool {
        switch self {
        case .start: true
        case .sequence(let parts): parts.first?.beginsAtStart ?? false
        case .alternation(let parts): parts.allSatisfy(\.beginsAtStart)
        default: false
        }
    }
}
