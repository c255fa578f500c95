/// Some continuations of a prompt as a tree of tokens: what they share is evaluated once.
struct OptionTree {
    struct Node {
        let token: Int32
        /// 0 directly behind the prompt.
        let depth: Int
        /// The continuations that go on behind this token.
        var members: [Int]
        /// The paths through it; see ``pathCount``.
        var paths: [Int] = []
    }

    private struct Edge: Hashable {
        let parent: Int
        let token: Int32
    }

    private(set) var nodes: [Node] = []
    private var children: [Edge: Int] = [:]
    /// The number of the path that ends at a node.
    private var pathsByEnd: [Int: Int] = [:]

    /// How many sequences the tree needs: continuations that differ in their last token only go one way.
    var pathCount: Int { pathsByEnd.count }

    /// How many nodes and paths `tokens` would add. A continuation's last token is never evaluated: nothing comes after
    /// it.
    func growth(_ tokens: [Int32]) -> (nodes: Int, paths: Int) {
        var parent = -1
        for (depth, token) in tokens.dropLast().enumerated() {
            guard let child = children[Edge(parent: parent, token: token)] else { return (tokens.count - 1 - depth, 1) }
            parent = child
        }
        return (0, parent < 0 || pathsByEnd[parent] != nil ? 0 : 1)
    }

    mutating func add(_ member: Int, _ tokens: [Int32]) {
        var parent = -1
        var way: [Int] = []
        for (depth, token) in tokens.dropLast().enumerated() {
            let edge = Edge(parent: parent, token: token)
            if let child = children[edge] {
                nodes[child].members.append(member)
                parent = child
            } else {
                nodes.append(Node(token: token, depth: depth, members: [member]))
                parent = nodes.count - 1
                children[edge] = parent
            }
            way.append(parent)
        }
        guard let end = way.last, pathsByEnd[end] == nil else { return }
        let path = pathsByEnd.count
        pathsByEnd[end] = path
        for node in way { nodes[node].paths.append(path) }
    }

    /// The nodes by depth: llama.cpp wants a token's predecessors in its sequences first, also where a batch ends
    /// between them.
    var nodesByDepth: [Node] {
        nodes.enumerated().sorted { ($0.element.depth, $0.offset) < ($1.element.depth, $1.offset) }.map(\.element)
    }
}
