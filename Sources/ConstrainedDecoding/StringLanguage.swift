import JSONSchemas
import Synchronization
import Tokens

/// Which strings fit, by an automaton over code points all of whose states can still accept, and what masks have learnt
/// about it. Immutable but for the tables; languages are shared by all grammars that ask for the same.
final class StringLanguage: Sendable {
    let classes: CodePointClasses
    let transitions: [Int32]
    /// The label of each state; see `PatternAutomaton`.
    let labels: [UInt64]
    let accepting: [Bool]
    /// The fewest characters from each state to an accepted string.
    let distances: [Int32]
    /// States from which every string is accepted.
    let universal: [Bool]
    /// States from which infinitely many strings are accepted.
    let infinite: [Bool]
    /// The largest of all states' fewest characters.
    let longestDistance: Int32
    /// The target of each state by plain ASCII characters; `special` for bytes that aren't any.
    let asciiTargets: [Int32]
    private let tables = Mutex<[TableKey: StringTable]>([:])

    private struct TableKey: Hashable {
        let trie: Int
        let node: Int32
        let kind: StringTableKind
    }

    /// The free tables of eight vocabularies.
    private static let freeTableLimit = 32

    static let special: Int32 = -2

    static let dead: Int32 = -1

    /// Accepts every string.
    static let everything: StringLanguage = {
        guard let all = StringLanguage(.blank, accepts: { _ in true }) else {
            preconditionFailure("Every string is some string.")
        }
        return all
    }()

    /// The strings whose label `accepts` holds for; `nil` if there are none.
    init?(_ automaton: PatternAutomaton, accepts: (UInt64) -> Bool) {
        let accepting = automaton.labels.map(accepts)
        let count = automaton.classes.count
        let distances = Self.distances(automaton.transitions, accepting, classCount: count)
        guard distances[0] < .max else { return nil }
        let transitions = automaton.transitions.map { $0 >= 0 && distances[Int($0)] < .max ? $0 : Self.dead }
        classes = automaton.classes
        labels = automaton.labels
        self.accepting = accepting
        self.distances = distances
        self.transitions = transitions
        universal = Self.universalStates(transitions, accepting, automaton.classes.sizes)
        infinite = Self.infiniteStates(transitions, accepting.count, classCount: count)
        asciiTargets = Self.asciiTargets(transitions, automaton.classes)
        longestDistance = distances.lazy.filter { $0 < .max }.max() ?? 0
    }

    @inline(__always)
    func step(_ state: Int32, _ codePoint: UInt32) -> Int32 {
        transitions[Int(state) * classes.count + Int(classes.class(of: codePoint))]
    }

    /// The successors of `state`, repeated or not, dead ones excluded.
    func successors(of state: Int32) -> [Int32] {
        Set(transitions[Int(state) * classes.count..<(Int(state) + 1) * classes.count]).filter { $0 >= 0 }
    }

    /// Calls `body` with the successor for each range of like code points in `codePoints`.
    func forEachSuccessor(of state: Int32, in codePoints: ClosedRange<UInt32>, _ body: (Int32) -> Void) {
        var index = classes.rangeStarts.lastIndex(notAbove: codePoints.lowerBound)
        while index < classes.rangeStarts.count, classes.rangeStarts[index] <= codePoints.upperBound {
            body(transitions[Int(state) * classes.count + Int(classes.rangeClasses[index])])
            index += 1
        }
    }

    /// What tokens do from `node` on, made by `make` when first asked for.
    func table(for trie: TokenTrie, node: Int32, kind: StringTableKind, make: () -> StringTable) -> StringTable {
        let key = TableKey(trie: trie.identity, node: node, kind: kind)
        if let known = tables.withLock({ $0[key] }) { return known }
        let made = make()
        if self === Self.everything {
            // Four a vocabulary, kept as long as it may be in use.
            tables.withLock { tables in
                if tables.count >= Self.freeTableLimit { tables = [:] }
                tables[key] = made
            }
        } else {
            MaskStore.makeRoom(for: made.byteCount)
            tables.withLock { $0[key] = made }
        }
        return made
    }

    func removeTables() { tables.withLock { $0 = [:] } }

    /// How many characters are looked at beyond the fewest to find enough strings.
    private static let reachLimit = 1 << 16

    /// How many strings of `least` to `most` characters are accepted from `state`, at most `cap`. Those much longer than
    /// `least` aren't counted.
    func count(from state: Int32, least: Int, most: Int, cap: Int) -> Int {
        // There are more strings of 8 characters than an integer counts.
        if universal[Int(state)], least >= 8, most >= least { return cap }
        let most = min(most, least + Self.reachLimit)
        // Longer strings than these only matter where shorter ones are too few.
        var reach = min(most, least + 16)
        while true {
            let found = exactCount(from: state, least: least, most: reach, cap: cap)
            if found >= cap || reach >= most { return found }
            if !infinite[Int(state)], reach >= least + labels.count { return found }
            reach = min(most, reach * 2 + 1)
        }
    }

    private func exactCount(from state: Int32, least: Int, most: Int, cap: Int) -> Int {
        guard most >= 0 else { return 0 }
        var ways = [Int](repeating: 0, count: labels.count)
        ways[Int(state)] = 1
        var total = 0
        for length in 0...most {
            if length >= least {
                for (index, count) in ways.enumerated() where accepting[index] { total = min(cap, total + count) }
                if total >= cap { return cap }
            }
            var next = [Int](repeating: 0, count: labels.count)
            var isOver = true
            for (index, count) in ways.enumerated() where count > 0 {
                for character in 0..<classes.count where classes.sizes[character] > 0 {
                    let target = transitions[index * classes.count + character]
                    guard target >= 0 else { continue }
                    isOver = false
                    let product = count.multipliedReportingOverflow(by: classes.sizes[character])
                    let more = product.overflow ? cap : min(cap, product.partialValue)
                    next[Int(target)] = min(cap, next[Int(target)] + more)
                }
            }
            if isOver { break }
            ways = next
        }
        return total
    }
}

// MARK: - Properties of states

extension StringLanguage {
    private static func distances(_ transitions: [Int32], _ accepting: [Bool], classCount: Int) -> [Int32] {
        var sources = [[Int32]](repeating: [], count: accepting.count)
        for state in accepting.indices {
            for target in transitions[state * classCount..<(state + 1) * classCount] where target >= 0 {
                if sources[Int(target)].last != Int32(state) { sources[Int(target)].append(Int32(state)) }
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
        return distance
    }

    private static func asciiTargets(_ transitions: [Int32], _ classes: CodePointClasses) -> [Int32] {
        let ofByte = (0..<128).map { Int(classes.class(of: UInt32($0))) }
        let count = transitions.count / max(1, classes.count)
        var targets = [Int32](repeating: special, count: count * 128)
        for state in 0..<count {
            for byte in 0x20..<0x80 where byte != 0x22 && byte != 0x5C {
                targets[state * 128 + byte] = transitions[state * classes.count + ofByte[byte]]
            }
        }
        return targets
    }

    /// The largest set of accepting states that no character leaves.
    private static func universalStates(_ transitions: [Int32], _ accepting: [Bool], _ sizes: [Int]) -> [Bool] {
        var universal = accepting
        var isStable = false
        while !isStable {
            isStable = true
            for state in universal.indices where universal[state] {
                let leaves = sizes.indices.contains { character in
                    guard sizes[character] > 0 else { return false }
                    let target = transitions[state * sizes.count + character]
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

    /// States that lead to a cycle; all states left in the automaton can accept.
    private static func infiniteStates(_ transitions: [Int32], _ count: Int, classCount: Int) -> [Bool] {
        // Take away, again and again, the states without successors: what is left leads to a cycle.
        var sources = [[Int32]](repeating: [], count: count)
        var degree = [Int](repeating: 0, count: count)
        for state in 0..<count {
            var targets: Set<Int32> = []
            for target in transitions[state * classCount..<(state + 1) * classCount] where target >= 0 {
                if targets.insert(target).inserted { sources[Int(target)].append(Int32(state)) }
            }
            degree[state] = targets.count
        }
        var infinite = [Bool](repeating: true, count: count)
        var queue = (0..<count).filter { degree[$0] == 0 }
        while let state = queue.popLast() {
            infinite[state] = false
            for source in sources[state] {
                degree[Int(source)] -= 1
                if degree[Int(source)] == 0 { queue.append(Int(source)) }
            }
        }
        return infinite
    }
}
