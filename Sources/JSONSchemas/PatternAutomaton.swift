/// Thompson's construction and simulation (Thompson 1968): all alternatives advance together, so that matching time is
/// bounded whatever the pattern and the text are.
struct PatternAutomaton: Sendable {
    static let stateLimit = 20_000

    enum State {
        case scalar(ScalarSet, next: Int)
        case split(Int, Int)
        case start(next: Int)
        case end(next: Int)
        case accept
    }

    private(set) var states: [State] = [.accept]
    private(set) var entry = 0

    var stateCount: Int { states.count }

    init(_ expression: StringPattern.Expression, source: String) throws(PatternError) {
        guard let entry = add(expression, before: 0) else {
            throw PatternError(
                pattern: source, offset: 0,
                reason: "the repetitions unfold to more than \(Self.stateLimit) states")
        }
        self.entry = entry
    }

    /// Adds states that match `expression` and go on at `next`; returns the first, or `nil` beyond the limit.
    private mutating func add(_ expression: StringPattern.Expression, before next: Int) -> Int? {
        switch expression {
        case .scalar(let set): return push(.scalar(set, next: next))
        case .start: return push(.start(next: next))
        case .end: return push(.end(next: next))
        case .sequence(let parts):
            var first = next
            for part in parts.reversed() {
                guard let state = add(part, before: first) else { return nil }
                first = state
            }
            return first
        case .alternation(let parts):
            var first: Int?
            for part in parts.reversed() {
                guard let state = add(part, before: next) else { return nil }
                if let other = first {
                    guard let split = push(.split(state, other)) else { return nil }
                    first = split
                } else {
                    first = state
                }
            }
            return first ?? next
        case .repetition(let part, let minimum, let maximum):
            return addRepetition(of: part, minimum: minimum, maximum: maximum, before: next)
        }
    }

    private mutating func addRepetition(
        of part: StringPattern.Expression, minimum: Int, maximum: Int?, before next: Int
    ) -> Int? {
        var first = next
        if let maximum {
            for _ in minimum..<maximum {
                guard let state = add(part, before: first), let split = push(.split(state, next)) else {
                    return nil
                }
                // A part that matches nothing but the empty text adds no states of its own.
                first = split
            }
        } else {
            guard let loop = push(.split(next, next)), let state = add(part, before: loop) else { return nil }
            states[loop] = .split(state, next)
            first = loop
        }
        for _ in 0..<minimum {
            guard let state = add(part, before: first) else { return nil }
            if state == first { break }
            first = state
        }
        return first
    }

    private mutating func push(_ state: State) -> Int? {
        guard states.count < Self.stateLimit else { return nil }
        states.append(state)
        return states.count - 1
    }

    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        // `marks[state]` is the last position at which the state was entered: a set that needs no clearing.
        var marks = [Int](repeating: -1, count: states.count)
        var current: [Int] = []
        var next: [Int] = []
        var pending: [Int] = []
        var index = scalars.startIndex
        var position = 0
        // Where every match begins with one of a set, most of a text is passed over without a state.
        let firsts: ScalarSet? = if case .scalar(let set, _) = states[entry] { set } else { nil }
        while true {
            if current.isEmpty, let firsts {
                while index != scalars.endIndex, !firsts.contains(scalars[index]) {
                    scalars.formIndex(after: &index)
                    position += 1
                }
            }
            let isEnd = index == scalars.endIndex
            // Search semantics: a match may begin at every position.
            if follow(entry, into: &current, &pending, &marks, position: position, isEnd: isEnd) {
                return true
            }
            guard !isEnd else { return false }
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            position += 1
            next.removeAll(keepingCapacity: true)
            let nextIsEnd = index == scalars.endIndex
            for state in current {
                guard case .scalar(let set, let target) = states[state], set.contains(scalar) else {
                    continue
                }
                if follow(target, into: &next, &pending, &marks, position: position, isEnd: nextIsEnd) {
                    return true
                }
            }
            swap(&current, &next)
        }
    }

    /// Enters `state` and all that are reached without reading; returns whether the accepting state is among them.
    private func follow(
        _ state: Int, into list: inout [Int], _ pending: inout [Int], _ marks: inout [Int], position: Int,
        isEnd: Bool
    ) -> Bool {
        pending.removeAll(keepingCapacity: true)
        pending.append(state)
        while let state = pending.popLast() {
            guard marks[state] != position else { continue }
            marks[state] = position
            switch states[state] {
            case .scalar: list.append(state)
            case .split(let a, let b):
                pending.append(b)
                pending.append(a)
            case .start(let next): if position == 0 { pending.append(next) }
            case .end(let next): if isEnd { pending.append(next) }
            case .accept: return true
            }
        }
        return false
    }
}
