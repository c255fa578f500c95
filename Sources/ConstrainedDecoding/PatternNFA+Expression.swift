import JSONSchemas

extension PatternAutomaton {
    /// The strings in which `pattern` matches anywhere; `nil` if there are none.
    static func searching(
        _ pattern: StringPattern, stateLimit: Int
    ) throws(GrammarError) -> PatternAutomaton? {
        var nfa = PatternNFA(stateLimit: stateLimit)
        let accept = try nfa.addState()
        let start = try nfa.add(pattern.expression, before: accept)
        return try PatternAutomaton(searching: nfa, start: start, accept: accept)
    }
}

extension PatternNFA {
    /// Adds states that match `expression` and go on at `next`; returns the first.
    mutating func add(_ expression: StringPattern.Expression, before next: Int) throws(GrammarError) -> Int {
        switch expression {
        case .scalar(let set):
            let state = try addState()
            for range in set.ranges { connect(state, .range(range, next)) }
            return state
        case .start:
            let state = try addState()
            connect(state, .atStart(next))
            return state
        case .end:
            let state = try addState()
            connect(state, .atEnd(next))
            return state
        case .sequence(let parts):
            var first = next
            for part in parts.reversed() { first = try add(part, before: first) }
            return first
        case .alternation(let parts):
            let state = try addState()
            for part in parts {
                let first = try add(part, before: next)
                connect(state, .empty(first))
            }
            return state
        case .repetition(let part, let minimum, let maximum):
            return try addRepetition(of: part, minimum: minimum, maximum: maximum, before: next)
        }
    }

    private mutating func addRepetition(
        of part: StringPattern.Expression, minimum: Int, maximum: Int?, before next: Int
    ) throws(GrammarError) -> Int {
        var first = next
        if let maximum {
            for _ in minimum..<max(minimum, maximum) {
                let optional = try addState()
                let body = try add(part, before: first)
                connect(optional, .empty(body))
                connect(optional, .empty(next))
                first = optional
            }
        } else {
            let loop = try addState()
            let body = try add(part, before: loop)
            connect(loop, .empty(body))
            connect(loop, .empty(next))
            first = loop
        }
        for _ in 0..<minimum { first = try add(part, before: first) }
        return first
    }
}
