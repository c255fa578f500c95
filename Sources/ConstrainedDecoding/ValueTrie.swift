/// The serialized forms of a fixed set of values, as a trie over bytes.
struct ValueTrie: Sendable {
    private struct Node: Sendable {
        var isAccepting = false
        var edges: [(byte: UInt8, target: Int32)] = []
    }

    private var nodes = [Node()]

    init(_ values: some Sequence<[UInt8]>) {
        for value in values {
            var position = 0
            for byte in value {
                if let edge = nodes[position].edges.first(where: { $0.byte == byte }) {
                    position = Int(edge.target)
                } else {
                    nodes[position].edges.append((byte, Int32(nodes.count)))
                    position = nodes.count
                    nodes.append(Node())
                }
            }
            nodes[position].isAccepting = true
        }
    }

    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        for edge in nodes[Int(state.node)].edges where edge.byte == byte {
            return LexemeState(node: edge.target)
        }
        return nil
    }

    func isAccepting(_ state: LexemeState) -> Bool { nodes[Int(state.node)].isAccepting }

    func canContinue(_ state: LexemeState) -> Bool { !nodes[Int(state.node)].edges.isEmpty }
}
