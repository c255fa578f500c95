import JSONSchemas

/// The subset construction for a `PatternProgram`, with search semantics: the match may start and end anywhere.
///
/// A state of the result is a set of clauses. A clause is a conjunction of program states that must go on, and of some
/// that mustn't; without look-around it is one program state.
struct PatternDeterminizer {
    private struct Clause: Hashable {
        var asked: [Int32]
        /// States of which none may come to an accepted end.
        var refused: [Int32] = []

        var size: Int { asked.count + refused.count }

        /// Whether all that `other` asks for is asked for.
        func includes(_ other: Clause) -> Bool {
            other.size <= size && other.asked.allSatisfy(asked.contains) && other.refused.allSatisfy(refused.contains)
        }
    }

    private struct Subset: Hashable {
        var clauses: [Clause]
        /// Where the expressions of look-behinds are.
        var tracked: [[Int32]] = []
        var isBehindWord = false
    }

    /// What is known about the place between two characters.
    private struct Place {
        var isStart: Bool
        var isEnd: Bool
        var isBehindWord: Bool
        var matched: [Bool]
    }

    private let program: PatternProgram
    private let entry: Int
    private let stateLimit: Int
    private let classes: CodePointClasses
    private let classesOfState: [[Int32]]
    private let isWordClass: [Bool]
    private var subsets: [Subset] = []
    private var numbers: [Subset: Int32] = [:]
    private var transitions: [Int32] = []
    private var labels: [UInt64] = []
    private var marks: [Int32]
    private var stamp: Int32 = 0
    private var work = 0

    /// How many steps the construction may take: with clauses, or with many states in each subset, its states alone don't
    /// say how long it is.
    private static let workLimit = 80_000_000

    private mutating func spend(_ steps: Int) throws(GrammarError) {
        work += steps
        guard work <= Self.workLimit else {
            throw GrammarError(
                .stateLimit(limit: stateLimit), "`pattern` takes more than \(Self.workLimit) steps to lay out")
        }
    }

    static func automaton(of pattern: StringPattern, stateLimit: Int) throws(GrammarError) -> PatternAutomaton {
        var program = PatternProgram(stateLimit: stateLimit)
        let entry = try program.add(pattern.expression, before: PatternProgram.accept)
        var determinizer = PatternDeterminizer(program, entry: entry, stateLimit: stateLimit)
        return program.looksAround ? try determinizer.run() : try determinizer.runPlainly()
    }

    private init(_ program: PatternProgram, entry: Int, stateLimit: Int) {
        self.program = program
        self.entry = entry
        self.stateLimit = stateLimit
        var ranges: Set<ClosedRange<UInt32>> = []
        for case .characters(let list, _) in program.states { ranges.formUnion(list) }
        if program.asksForWords { ranges.formUnion(PatternProgram.word) }
        let classes = CodePointClasses(Array(ranges))
        self.classes = classes
        classesOfState = program.states.map { state in
            guard case .characters(let list, _) = state else { return [] }
            return list.flatMap { classes.classes(in: $0) }
        }
        var isWord = [Bool](repeating: false, count: classes.count)
        if program.asksForWords {
            for range in PatternProgram.word {
                for character in classes.classes(in: range) { isWord[Int(character)] = true }
            }
        }
        isWordClass = isWord
        marks = [Int32](repeating: 0, count: program.states.count)
    }

    private mutating func run() throws(GrammarError) -> PatternAutomaton {
        let tracked = program.trackers.map { [Int32($0)] }
        // Not entered in `numbers`: a later set of the same states is no longer at the start, where `^` holds.
        try append(Subset(clauses: [Clause(asked: [Int32(entry)])], tracked: tracked), isStart: true)
        var index = 0
        while index < subsets.count {
            try appendTransitions(of: subsets[index], isStart: index == 0)
            index += 1
        }
        return PatternAutomaton(classes: classes, transitions: transitions, labels: labels)
    }

    private mutating func append(_ subset: Subset, isStart: Bool) throws(GrammarError) {
        subsets.append(subset)
        let place = place(of: subset, isStart: isStart, isEnd: true)
        var accepts = false
        for clause in subset.clauses {
            accepts = try closures(of: clause, at: place).contains { $0.asked.isEmpty }
            if accepts { break }
        }
        labels.append(accepts ? 1 : 0)
    }

    private mutating func appendTransitions(of subset: Subset, isStart: Bool) throws(GrammarError) {
        let place = place(of: subset, isStart: isStart, isEnd: false)
        var moved = [Set<Clause>](repeating: [], count: classes.count)
        for clause in subset.clauses {
            for ready in try closures(of: clause, at: place) { try move(ready, into: &moved) }
        }
        let tracked = tracked(of: subset, at: place)
        for character in 0..<classes.count {
            guard classes.sizes[character] > 0 else {
                transitions.append(PatternAutomaton.dead)
                continue
            }
            transitions.append(try number(of: moved[character], tracked[character], isWordClass[character]))
        }
    }

    private mutating func number(
        of moved: Set<Clause>, _ tracked: [[Int32]], _ isBehindWord: Bool
    ) throws(GrammarError) -> Int32 {
        var subset: Subset
        let done = Clause(asked: [])
        if moved.contains(done) || moved.contains(Clause(asked: [Int32(PatternProgram.accept)])) {
            // Matched already: what follows is of no interest.
            subset = Subset(clauses: [Clause(asked: [Int32(PatternProgram.accept)])])
        } else {
            var clauses = moved
            clauses.insert(Clause(asked: [Int32(entry)]))
            let sorted = clauses.sorted { left, right in
                left.asked == right.asked
                    ? left.refused.lexicographicallyPrecedes(right.refused)
                    : left.asked.lexicographicallyPrecedes(right.asked)
            }
            subset = Subset(clauses: try reduced(sorted), tracked: tracked)
            subset.isBehindWord = program.asksForWords && isBehindWord
        }
        if let known = numbers[subset] { return known }
        guard subsets.count < stateLimit, subset.clauses.count < stateLimit else {
            throw GrammarError(.stateLimit(limit: stateLimit), "`pattern` needs more than \(stateLimit) states")
        }
        let number = Int32(subsets.count)
        numbers[subset] = number
        try append(subset, isStart: false)
        return number
    }

    /// How many clauses are compared with each other.
    private static let reduceLimit = 1_024

    /// Without those clauses that ask for all that another one asks for, and more.
    private mutating func reduced(_ clauses: [Clause]) throws(GrammarError) -> [Clause] {
        guard clauses.count <= Self.reduceLimit, clauses.contains(where: { $0.size > 1 }) else { return clauses }
        try spend(clauses.count * clauses.count / 4)
        return clauses.filter { clause in
            clause.size < 2 || !clauses.contains { $0.size < clause.size && clause.includes($0) }
        }
    }
}

// MARK: - Without look-around

extension PatternDeterminizer {
    /// The same where each clause is one program state, so that a subset is a sorted list of them.
    private mutating func runPlainly() throws(GrammarError) -> PatternAutomaton {
        let accept = Int32(PatternProgram.accept)
        var subsets: [[Int32]] = [[Int32(entry)]]
        var numbers: [[Int32]: Int32] = [:]
        var moved = [[Int32]](repeating: [], count: classes.count)
        var index = 0
        while index < subsets.count {
            let subset = subsets[index]
            let isStart = index == 0
            index += 1
            let end = Place(isStart: isStart, isEnd: true, isBehindWord: false, matched: [])
            labels.append(reach(subset, at: end).contains(accept) ? 1 : 0)
            let inside = Place(isStart: isStart, isEnd: false, isBehindWord: false, matched: [])
            for character in moved.indices { moved[character].removeAll(keepingCapacity: true) }
            for state in reach(subset, at: inside) {
                guard case .characters(_, let next) = program.states[Int(state)] else {
                    for character in moved.indices { moved[character].append(accept) }
                    continue
                }
                try spend(1 + classesOfState[Int(state)].count / 8)
                for character in classesOfState[Int(state)] { moved[Int(character)].append(Int32(next)) }
            }
            for character in moved.indices {
                guard classes.sizes[character] > 0 else {
                    transitions.append(PatternAutomaton.dead)
                    continue
                }
                // Matched already: what follows is of no interest.
                let isDone = moved[character].contains(accept)
                let target = isDone ? [accept] : Self.sorted(moved[character], adding: Int32(entry))
                if let known = numbers[target] {
                    transitions.append(known)
                    continue
                }
                guard subsets.count < stateLimit, target.count < stateLimit else {
                    throw GrammarError(
                        .stateLimit(limit: stateLimit), "`pattern` needs more than \(stateLimit) states")
                }
                numbers[target] = Int32(subsets.count)
                transitions.append(Int32(subsets.count))
                subsets.append(target)
            }
        }
        return PatternAutomaton(classes: classes, transitions: transitions, labels: labels)
    }

    private static func sorted(_ states: [Int32], adding state: Int32) -> [Int32] {
        var all = states
        all.append(state)
        guard all.count > 1 else { return all }
        all.sort()
        var kept = 1
        for index in 1..<all.count where all[index] != all[kept - 1] {
            all[kept] = all[index]
            kept += 1
        }
        all.removeLast(all.count - kept)
        return all
    }
}

// MARK: - Between two characters

extension PatternDeterminizer {
    private mutating func place(of subset: Subset, isStart: Bool, isEnd: Bool) -> Place {
        var place = Place(isStart: isStart, isEnd: isEnd, isBehindWord: subset.isBehindWord, matched: [])
        // An inner look-behind comes first, so that its answer is there for the outer one.
        for states in subset.tracked {
            place.matched.append(reach(states, at: place).contains(Int32(PatternProgram.accept)))
        }
        return place
    }

    /// The plain states that follow from `states` at a place without reading; only for patterns in look-behinds, which
    /// hold no look-ahead.
    private mutating func reach(_ states: [Int32], at place: Place) -> [Int32] {
        stamp += 1
        var found: [Int32] = []
        var stack = states
        while let state = stack.popLast() {
            guard marks[Int(state)] != stamp else { continue }
            marks[Int(state)] = stamp
            switch program.states[Int(state)] {
            case .accept, .characters: found.append(state)
            case .any(let targets): stack += targets.map(Int32.init)
            case .atStart(let next): if place.isStart { stack.append(Int32(next)) }
            case .atEnd(let next): if place.isEnd { stack.append(Int32(next)) }
            case .behindWord(let isBehind, let next):
                if place.isBehindWord == isBehind { stack.append(Int32(next)) }
            case .lookbehind(let tracker, let isNegative, let next):
                if tracker < place.matched.count, place.matched[tracker] != isNegative { stack.append(Int32(next)) }
            case .lookahead: found.append(state)
            }
        }
        return found
    }

    private func tracked(of subset: Subset, at place: Place) -> [[[Int32]]] {
        var result = [[[Int32]]](
            repeating: [[Int32]](repeating: [], count: subset.tracked.count), count: classes.count)
        guard !subset.tracked.isEmpty else { return result }
        var copy = self
        for (number, states) in subset.tracked.enumerated() {
            for state in copy.reach(states, at: place) {
                guard case .characters(_, let next) = program.states[Int(state)] else { continue }
                for character in classesOfState[Int(state)] {
                    if !result[Int(character)][number].contains(Int32(next)) {
                        result[Int(character)][number].append(Int32(next))
                    }
                }
            }
            for character in 0..<classes.count {
                result[character][number].append(Int32(program.trackers[number]))
                result[character][number].sort()
            }
        }
        return result
    }

    /// The clauses of character states that `clause` comes to at a place; the empty clause if it holds whatever follows.
    private mutating func closures(of clause: Clause, at place: Place) throws(GrammarError) -> [Clause] {
        if clause.asked.count == 1, clause.refused.isEmpty {
            // The common case: one state, nothing beside it.
            let states = reach(clause.asked, at: place)
            try spend(4 * states.count)
            if !states.contains(where: { isLookahead($0) }) {
                return states.map { $0 == 0 ? Clause(asked: []) : Clause(asked: [$0]) }
            }
        }
        var finished: Set<Clause> = []
        var stack = [(open: clause.asked, refused: clause.refused, done: [Int32]())]
        while let (open, refused, done) = stack.popLast() {
            try spend(8 + open.count + done.count)
            var open = open
            guard let state = open.popLast() else {
                guard let closed = close(refused, at: place) else { continue }
                finished.insert(Clause(asked: Array(Set(done)).sorted(), refused: closed))
                continue
            }
            switch program.states[Int(state)] {
            case .accept: stack.append((open, refused, done))
            case .characters:
                if !place.isEnd { stack.append((open, refused, done + [state])) }
            case .any(let targets):
                for target in targets { stack.append((open + [Int32(target)], refused, done)) }
            case .atStart(let next): if place.isStart { stack.append((open + [Int32(next)], refused, done)) }
            case .atEnd(let next): if place.isEnd { stack.append((open + [Int32(next)], refused, done)) }
            case .behindWord(let isBehind, let next):
                if place.isBehindWord == isBehind { stack.append((open + [Int32(next)], refused, done)) }
            case .lookbehind(let tracker, let isNegative, let next):
                if place.matched[tracker] != isNegative { stack.append((open + [Int32(next)], refused, done)) }
            case .lookahead(let first, let isNegative, let next):
                if isNegative {
                    stack.append((open + [Int32(next)], refused + [Int32(first)], done))
                } else {
                    stack.append((open + [Int32(next), Int32(first)], refused, done))
                }
            }
        }
        return Array(finished)
    }

    private func isLookahead(_ state: Int32) -> Bool {
        if case .lookahead = program.states[Int(state)] { true } else { false }
    }

    /// The character states that mustn't go on; `nil` if one of `refused` holds already.
    private mutating func close(_ refused: [Int32], at place: Place) -> [Int32]? {
        guard !refused.isEmpty else { return [] }
        let states = reach(refused, at: place)
        var result: [Int32] = []
        for state in states {
            switch program.states[Int(state)] {
            case .accept: return nil
            case .characters: if !place.isEnd { result.append(state) }
            default: preconditionFailure("A look-ahead within a negative one was refused.")
            }
        }
        return result.sorted()
    }

    /// Adds what becomes of a closed clause by a character of each class.
    private mutating func move(_ clause: Clause, into moved: inout [Set<Clause>]) throws(GrammarError) {
        try spend(4 * classes.count)
        guard !clause.asked.isEmpty || !clause.refused.isEmpty else {
            for character in 0..<classes.count { moved[character].insert(clause) }
            return
        }
        if clause.asked.count == 1, clause.refused.isEmpty {
            guard case .characters(_, let next) = program.states[Int(clause.asked[0])] else { return }
            for character in classesOfState[Int(clause.asked[0])] {
                moved[Int(character)].insert(Clause(asked: [Int32(next)]))
            }
            return
        }
        for character in 0..<Int32(classes.count) {
            var asked: [Int32] = []
            var isAlive = true
            for state in clause.asked {
                guard case .characters(_, let next) = program.states[Int(state)],
                    classesOfState[Int(state)].contains(character)
                else {
                    isAlive = false
                    break
                }
                if next != PatternProgram.accept { asked.append(Int32(next)) }
            }
            guard isAlive else { continue }
            var refused: Set<Int32> = []
            for state in clause.refused where classesOfState[Int(state)].contains(character) {
                guard case .characters(_, let next) = program.states[Int(state)] else { continue }
                refused.insert(Int32(next))
            }
            guard !refused.contains(Int32(PatternProgram.accept)) else { continue }
            moved[Int(character)].insert(Clause(asked: Array(Set(asked)).sorted(), refused: refused.sorted()))
        }
    }
}
