/// A fixed set of byte strings as a trie; each has a number.
struct ByteTrie: Sendable {
    private struct Node: Sendable {
        /// The number of the string that ends here, or -1.
        var value: Int32 = -1
        var firstEdge: Int32 = 0
        var edgeCount: Int32 = 0
        /// The strings at and below the node are `order[firstValue..<firstValue + valueCount]`, sorted by number.
        var firstValue: Int32 = 0
        var valueCount: Int32 = 0
    }

    private var nodes: [Node] = []
    private var edges: [(byte: UInt8, target: Int32)] = []
    private var order: [Int32] = []

    static let root: Int32 = 0

    /// String *i* gets number *i*; of equal strings the first counts.
    init(_ strings: [[UInt8]]) {
        let sorted = strings.indices.sorted {
            strings[$0] == strings[$1] ? $0 < $1 : strings[$0].lexicographicallyPrecedes(strings[$1])
        }
        nodes = [Node()]
        var pending: [(node: Int, range: Range<Int>, depth: Int)] = [(0, 0..<sorted.count, 0)]
        while let (node, range, depth) = pending.popLast() {
            var low = range.lowerBound
            nodes[node].firstValue = Int32(order.count)
            order += sorted[range].map(Int32.init).sorted()
            nodes[node].valueCount = Int32(range.count)
            while low < range.upperBound, strings[sorted[low]].count == depth {
                if nodes[node].value < 0 { nodes[node].value = Int32(sorted[low]) }
                low += 1
            }
            nodes[node].firstEdge = Int32(edges.count)
            while low < range.upperBound {
                let byte = strings[sorted[low]][depth]
                var high = low + 1
                while high < range.upperBound, strings[sorted[high]][depth] == byte { high += 1 }
                edges.append((byte, Int32(nodes.count)))
                nodes[node].edgeCount += 1
                pending.append((nodes.count, low..<high, depth + 1))
                nodes.append(Node())
                low = high
            }
        }
    }

    func child(of node: Int32, _ byte: UInt8) -> Int32 {
        let node = nodes[Int(node)]
        for index in Int(node.firstEdge)..<Int(node.firstEdge + node.edgeCount) where edges[index].byte == byte {
            return edges[index].target
        }
        return -1
    }

    /// The number of the string that ends at `node`, or -1.
    func value(at node: Int32) -> Int32 { nodes[Int(node)].value }

    func hasChildren(_ node: Int32) -> Bool { nodes[Int(node)].edgeCount > 0 }

    /// Calls `body` with each byte that goes on from `node`.
    func forEachByte(after node: Int32, _ body: (UInt8) -> Void) {
        let node = nodes[Int(node)]
        for index in Int(node.firstEdge)..<Int(node.firstEdge + node.edgeCount) { body(edges[index].byte) }
    }

    /// How many strings go on from `node`.
    func count(under node: Int32) -> Int { Int(nodes[Int(node)].valueCount) }

    /// The numbers of the strings that go on from `node`, ascending.
    func values(under node: Int32) -> ArraySlice<Int32> {
        let node = nodes[Int(node)]
        return order[Int(node.firstValue)..<Int(node.firstValue + node.valueCount)]
    }
}
