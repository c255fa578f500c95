/// A deterministic automaton over the code points of a string, all of whose states can still accept.
///
/// Built by the subset construction at compile time, so that an empty or too large pattern is refused there.
struct PatternAutomaton: Sendable {
    /// Where each class of code points starts that no transition tells apart, ascending from 0.
    private let rangeStarts: [UInt32]
    /// The class of each range of `rangeStarts`.
    private let rangeClasses: [Int32]
    private let asciiClasses: [Int32]
    private let classCount: Int
    private let transitions: [Int32]
    private let accepting: [Bool]
    /// States from which every string is accepted.
    private let universal: [Bool]
    private let shortest: [Int32]
    let stateCount: Int

    static let dead: Int32 = -1

    /// Accepts every string.
    static let everything = PatternAutomaton()

    private init() {
        rangeStarts = [0]
        rangeClasses = [0]
        asciiClasses = [Int32](repeating: 0, count: 128)
        classCount = 1
        transitions = [0]
        accepting = [true]
        universal = [true]
        shortest = [0]
        stateCount = 1
    }

    /// The strings in which `nfa`, from `start` to `accept`, matches anywhere; `nil` if there are none.
    init?(searching nfa: PatternNFA, start: Int, accept: Int) throws(GrammarError) {
        var builder = PatternSubsetBuilder(nfa: nfa, start: start, accept: accept)
        try builder.build()
        guard let live = builder.distances() else { return nil }
        rangeStarts = builder.rangeStarts
        rangeClasses = builder.rangeClasses
        classCount = builder.classCount
        asciiClasses = (0..<128).map { code in
            builder.rangeClasses[builder.rangeIndex(of: UInt32(code))]
        }
        transitions = builder.transitions.map { $0 >= 0 && live[Int($0)] < .max ? $0 : Self.dead }
        accepting = builder.accepting
        shortest = live
        stateCount = accepting.count
        universal = Self.universalStates(
            transitions: transitions, accepting: accepting, classCount: builder.classCount,
            unusedClass: builder.surrogateClass)
    }

    /// The largest set of accepting states that no character leaves.
    private static func universalStates(
        transitions: [Int32], accepting: [Bool], classCount: Int, unusedClass: Int?
    ) -> [Bool] {
        var universal = accepting
        var isStable = false
        while !isStable {
            isStable = true
            for state in universal.indices where universal[state] {
                let leaves = (0..<classCount).contains { character in
                    guard character != unusedClass else { return false }
                    let target = transitions[state * classCount + character]
                    return target < 0 || !universal[Int(target)]
                }
                if leaves {
                    universal[state] = false
                    isStable = false
                }
            }
        }
        return universal
    }

    func isAccepting(_ state: Int32) -> Bool { accepting[Int(state)] }

    func isUniversal(_ state: Int32) -> Bool { universal[Int(state)] }

    /// The fewest characters from `state` to an accepted string.
    func shortestCompletion(from state: Int32) -> Int32 { shortest[Int(state)] }

    /// The largest of all states' fewest characters.
    var longestShortestCompletion: Int32 { shortest.lazy.filter { $0 < .max }.max() ?? 0 }

    @inline(__always)
    func step(_ state: Int32, _ codePoint: UInt32) -> Int32 {
        let character =
            codePoint < 128 ? asciiClasses[Int(codePoint)] : rangeClasses[rangeIndex(of: codePoint)]
        return transitions[Int(state) * classCount + Int(character)]
    }

    /// The successors of `state`, repeated or not, dead ones excluded.
    func successors(of state: Int32) -> [Int32] {
        Set(transitions[Int(state) * classCount..<(Int(state) + 1) * classCount]).filter { $0 >= 0 }
    }

    /// Calls `body` with the successor for each range of like code points in `codePoints` until it returns `false`.
    func forEachSuccessor(of state: Int32, in codePoints: ClosedRange<UInt32>, _ body: (Int32) -> Bool) {
        var index = rangeIndex(of: codePoints.lowerBound)
        while index < rangeStarts.count, rangeStarts[index] <= codePoints.upperBound {
            guard body(transitions[Int(state) * classCount + Int(rangeClasses[index])]) else { return }
            index += 1
        }
    }

    private func rangeIndex(of codePoint: UInt32) -> Int {
        rangeStarts.lastIndex(notAbove: codePoint)
    }
}

extension [UInt32] {
    /// The position of the last element that isn't greater than `value`; the first element must not be.
    func lastIndex(notAbove value: UInt32) -> Int {
        var low = 0
        var high = count
        while high - low > 1 {
            let middle = (low + high) / 2
            if self[middle] <= value { low = middle } else { high = middle }
        }
        return low
    }
}
