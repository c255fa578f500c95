import JSONSchemas

/// A deterministic automaton over the code points of a string that says of each string which of several patterns match
/// somewhere in it: label bit *i* for pattern *i*.
struct PatternAutomaton: Sendable {
    let classes: CodePointClasses
    /// A row of targets by class for each state; `dead` for surrogates only.
    let transitions: [Int32]
    /// What holds for a string that ends in a state.
    let labels: [UInt64]

    static let dead: Int32 = -1

    var stateCount: Int { labels.count }

    init(classes: CodePointClasses, transitions: [Int32], labels: [UInt64]) {
        self.classes = classes
        self.transitions = transitions
        self.labels = labels
    }

    /// One state, no pattern.
    static let blank = PatternAutomaton(
        classes: CodePointClasses([]), transitions: CodePointClasses([]).sizes.map { $0 == 0 ? dead : 0 },
        labels: [0])

    @inline(__always)
    func step(_ state: Int32, _ codePoint: UInt32) -> Int32 {
        transitions[Int(state) * classes.count + Int(classes.class(of: codePoint))]
    }

    /// The label of a whole string.
    func label(of text: String) -> UInt64 {
        var state: Int32 = 0
        for scalar in text.unicodeScalars { state = step(state, scalar.value) }
        return labels[Int(state)]
    }

    /// The automaton of strings by length: label bit 0 where it is from `minimum` to `maximum`.
    static func lengths(_ minimum: Int, _ maximum: Int?) -> PatternAutomaton {
        let classes = CodePointClasses([])
        let last = (maximum.map { $0 + 1 } ?? minimum)
        var transitions: [Int32] = []
        var labels: [UInt64] = []
        for length in 0...last {
            for size in classes.sizes { transitions.append(size == 0 ? dead : Int32(min(length + 1, last))) }
            labels.append(length >= minimum && length <= maximum ?? .max ? 1 : 0)
        }
        return PatternAutomaton(classes: classes, transitions: transitions, labels: labels)
    }

    /// The automaton whose label's bit *i* is bit 0 of the label of part *i*. The product of the parts' states that can
    /// be reached together.
    ///
    /// With `wanted`, only strings with that label matter: all states that lead to none are one, with another label.
    static func product(
        _ parts: [PatternAutomaton], stateLimit: Int, wanted: UInt64? = nil
    ) throws(GrammarError) -> PatternAutomaton {
        guard parts.count != 1 else { return parts[0] }
        guard !parts.isEmpty else { return blank }
        let (classes, classesOfParts) = CodePointClasses.product(parts.map(\.classes))
        let useful = parts.enumerated().map { index, part in
            wanted.map { part.states(leadingTo: $0 >> UInt64(index) & 1) }
        }
        let trap = [Int32](repeating: dead, count: parts.count)
        var tuples: [[Int32]] = [[Int32](repeating: 0, count: parts.count)]
        var numbers = TupleNumbers(parts.map(\.stateCount))
        numbers.set(0, of: tuples[0])
        var transitions: [Int32] = []
        var labels: [UInt64] = []
        var index = 0
        while index < tuples.count {
            let tuple = tuples[index]
            let isTrap = tuple == trap
            var label: UInt64 = 0
            for (part, state) in tuple.enumerated() where !isTrap {
                label |= (parts[part].labels[Int(state)] & 1) << UInt64(part)
            }
            labels.append(isTrap ? ~(wanted ?? 0) : label)
            var target = tuple
            for character in 0..<classes.count {
                guard classes.sizes[character] > 0 else {
                    transitions.append(dead)
                    continue
                }
                guard !isTrap else {
                    transitions.append(Int32(index))
                    continue
                }
                for part in parts.indices {
                    let row = Int(tuple[part]) * parts[part].classes.count
                    target[part] = parts[part].transitions[row + Int(classesOfParts[character][part])]
                    if let useful = useful[part], !useful[Int(target[part])] {
                        target = trap
                        break
                    }
                }
                if let known = numbers.number(of: target) {
                    transitions.append(known)
                    continue
                }
                guard tuples.count < stateLimit else {
                    throw GrammarError(
                        .stateLimit(limit: stateLimit), "patterns together need more than \(stateLimit) states")
                }
                let number = Int32(tuples.count)
                numbers.set(number, of: target)
                tuples.append(target)
                transitions.append(number)
            }
            index += 1
        }
        return PatternAutomaton(classes: classes, transitions: transitions, labels: labels)
    }

    /// The states from which one can be reached whose label's bit 0 is `bit`.
    private func states(leadingTo bit: UInt64) -> [Bool] {
        var sources = [[Int32]](repeating: [], count: stateCount)
        for state in 0..<stateCount {
            var latest = Self.dead
            for target in transitions[(state * classes.count)..<((state + 1) * classes.count)]
            where target != Self.dead && target != latest {
                latest = target
                sources[Int(target)].append(Int32(state))
            }
        }
        var isUseful = labels.map { $0 & 1 == bit }
        var stack = isUseful.indices.filter { isUseful[$0] }
        while let state = stack.popLast() {
            for source in sources[state] where !isUseful[Int(source)] {
                isUseful[Int(source)] = true
                stack.append(Int(source))
            }
        }
        return isUseful
    }
}

/// Numbers of tuples of states: by one integer that stands for the tuple where it has room.
private struct TupleNumbers {
    private let factors: [Int]?
    private var byInteger: [Int: Int32] = [:]
    private var byTuple: [[Int32]: Int32] = [:]

    init(_ counts: [Int]) {
        var factors: [Int] = []
        var product = 1
        for count in counts {
            factors.append(product)
            // A part can also be in the state -1.
            let (next, overflow) = product.multipliedReportingOverflow(by: count + 1)
            guard !overflow else {
                self.factors = nil
                return
            }
            product = next
        }
        self.factors = factors
    }

    private func integer(_ tuple: [Int32], _ factors: [Int]) -> Int {
        var sum = 0
        for (state, factor) in zip(tuple, factors) { sum += (Int(state) + 1) * factor }
        return sum
    }

    func number(of tuple: [Int32]) -> Int32? {
        if let factors { byInteger[integer(tuple, factors)] } else { byTuple[tuple] }
    }

    mutating func set(_ number: Int32, of tuple: [Int32]) {
        if let factors { byInteger[integer(tuple, factors)] = number } else { byTuple[tuple] = number }
    }
}
