/// The subset construction from a `PatternNFA`, with search semantics: the match may start and end anywhere.
struct PatternSubsetBuilder {
    private let nfa: PatternNFA
    private let start: Int
    private let accept: Int

    private(set) var rangeStarts: [UInt32] = []
    private(set) var rangeClasses: [Int32] = []
    private(set) var classCount = 0
    /// The class of the code points that no string has.
    private(set) var surrogateClass: Int?
    private(set) var transitions: [Int32] = []
    private(set) var accepting: [Bool] = []

    private var sets: [[Int32]] = []
    private var numbers: [[Int32]: Int32] = [:]
    private var classRepresentatives: [UInt32] = []

    private static let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF

    init(nfa: PatternNFA, start: Int, accept: Int) {
        self.nfa = nfa
        self.start = start
        self.accept = accept
    }

    mutating func build() throws(GrammarError) {
        partitionCodePoints()
        // Not entered in `numbers`: a later set of the same states is no longer at the start, where `^` holds.
        append(closure(of: [start], atStart: true), isEmptyString: true)
        let restart = closure(of: [start], atStart: false)
        var next = 0
        while next < sets.count {
            let set = sets[next]
            for character in 0..<classCount {
                try appendTransition(from: set, character: character, restart: restart)
            }
            next += 1
        }
    }

    func rangeIndex(of codePoint: UInt32) -> Int {
        rangeStarts.lastIndex(notAbove: codePoint)
    }

    /// The fewest characters from each state to an accepting one (`Int32.max`: none); `nil` if the start has none.
    func distances() -> [Int32]? {
        var sources = [[Int32]](repeating: [], count: accepting.count)
        for state in accepting.indices {
            for target in Set(transitions[state * classCount..<(state + 1) * classCount]) where target >= 0 {
                sources[Int(target)].append(Int32(state))
            }
        }
        var distance = [Int32](repeating: .max, count: accepting.count)
        var queue: [Int32] = []
        for state in accepting.indices where accepting[state] {
            distance[state] = 0
            queue.append(Int32(state))
        }
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            for source in sources[Int(state)] where distance[Int(source)] == .max {
                distance[Int(source)] = distance[Int(state)] + 1
                queue.append(source)
            }
        }
        return distance[0] < .max ? distance : nil
    }

    /// Ranges between any two borders behave alike; ranges that the same edges take share a class.
    private mutating func partitionCodePoints() {
        var borders: Set<UInt32> = [0, Self.surrogates.lowerBound, Self.surrogates.upperBound + 1]
        var ranges: Set<ClosedRange<UInt32>> = []
        for edges in nfa.edges {
            for case .range(let range, _) in edges {
                ranges.insert(range)
                borders.insert(range.lowerBound)
                if range.upperBound < 0x10FFFF { borders.insert(range.upperBound + 1) }
            }
        }
        rangeStarts = borders.sorted()
        let distinct = Array(ranges)
        var classes: [[Int]: Int32] = [:]
        for lower in rangeStarts {
            let isSurrogate = Self.surrogates.contains(lower)
            let signature = isSurrogate ? [-1] : distinct.indices.filter { distinct[$0].contains(lower) }
            let number = classes[signature] ?? Int32(classes.count)
            if classes[signature] == nil {
                classes[signature] = number
                classRepresentatives.append(lower)
                if isSurrogate { surrogateClass = Int(number) }
            }
            rangeClasses.append(number)
        }
        classCount = classes.count
    }

    private mutating func appendTransition(
        from set: [Int32], character: Int, restart: [Int32]
    ) throws(GrammarError) {
        guard character != surrogateClass else {
            transitions.append(PatternAutomaton.dead)
            return
        }
        if set.contains(Int32(accept)) {
            // Matched already: what follows is of no interest.
            transitions.append(try number(of: [Int32(accept)]))
            return
        }
        let codePoint = classRepresentatives[character]
        var targets: Set<Int> = []
        for state in set {
            for case .range(let range, let target) in nfa.edges[Int(state)] where range.contains(codePoint) {
                targets.insert(target)
            }
        }
        let moved = Set(closure(of: Array(targets), atStart: false)).union(restart)
        transitions.append(try number(of: moved.contains(Int32(accept)) ? [Int32(accept)] : moved.sorted()))
    }

    private mutating func number(of set: [Int32]) throws(GrammarError) -> Int32 {
        if let known = numbers[set] { return known }
        guard sets.count < nfa.stateLimit else {
            throw GrammarError(
                .stateLimit(limit: nfa.stateLimit), "`pattern` needs more than \(nfa.stateLimit) states")
        }
        let number = Int32(sets.count)
        numbers[set] = number
        append(set, isEmptyString: false)
        return number
    }

    private mutating func append(_ set: [Int32], isEmptyString: Bool) {
        sets.append(set)
        accepting.append(
            closure(of: set.map(Int.init), atStart: isEmptyString, atEnd: true).contains(Int32(accept)))
    }

    private func closure(of states: [Int], atStart: Bool, atEnd: Bool = false) -> [Int32] {
        var seen = Set(states)
        var stack = states
        while let state = stack.popLast() {
            for edge in nfa.edges[state] {
                let target: Int
                switch edge {
                case .empty(let next): target = next
                case .atStart(let next) where atStart: target = next
                case .atEnd(let next) where atEnd: target = next
                default: continue
                }
                if seen.insert(target).inserted { stack.append(target) }
            }
        }
        return seen.sorted().map(Int32.init)
    }
}
