/// A nondeterministic automaton over code points (Thompson's construction), with edges for the two anchors.
struct PatternNFA {
    enum Edge {
        case empty(Int)
        /// Passable only before the first character.
        case atStart(Int)
        /// Passable only after the last character.
        case atEnd(Int)
        case range(ClosedRange<UInt32>, Int)
    }

    private(set) var edges: [[Edge]] = []
    let stateLimit: Int

    init(stateLimit: Int) {
        self.stateLimit = stateLimit
    }

    mutating func addState() throws(GrammarError) -> Int {
        // A pattern's states are many times its automaton's when it repeats a group; the limit is on both.
        guard edges.count < stateLimit * 8 else {
            throw GrammarError(
                .stateLimit(limit: stateLimit), "`pattern` needs more than \(stateLimit) states")
        }
        edges.append([])
        return edges.count - 1
    }

    mutating func connect(_ state: Int, _ edge: Edge) {
        edges[state].append(edge)
    }
}
