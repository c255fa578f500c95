/// A trie of tokens in flat arrays, in depth-first order with subtree ends, so that skipping a rejected branch is one
/// assignment (llguidance, `docs/toktrie.md`).
@usableFromInline
package struct FlatTrie: Sendable {
    /// A byte behind its parent's.
    @usableFromInline package struct Node: Sendable {
        /// The first node after this one's subtree.
        @usableFromInline package var end: Int32
        /// A token that ends here, or -1.
        @usableFromInline package var token: Int32
        /// How many bytes lead here; the root isn't stored, so at least 1.
        @usableFromInline package var depth: Int32
        /// The byte.
        @usableFromInline package var byte: UInt8
    }

    /// All nodes, each before its children.
    @usableFromInline package let nodes: [Node]
    /// The node of each first byte, or -1.
    @usableFromInline package let firstNodes: [Int32]
    /// Tokens with the same bytes as another: token number to the next one.
    @usableFromInline let twins: [Int32: Int32]
    /// The tokens with twins.
    @usableFromInline let twinned: TokenMask

    /// The trie of `tokens`, whose bytes must not be empty.
    package init(_ tokens: [TokenID], of vocabulary: Vocabulary) {
        var keyed = tokens.map { (key: Self.sortKey(vocabulary.bytes(of: $0)), token: $0) }
        keyed.sort { left, right in
            if left.key != right.key { return left.key < right.key }
            let leftBytes = vocabulary.bytes(of: left.token)
            let rightBytes = vocabulary.bytes(of: right.token)
            if leftBytes == rightBytes { return left.token < right.token }
            return leftBytes.lexicographicallyPrecedes(rightBytes)
        }
        var nodes: [Node] = []
        nodes.reserveCapacity(tokens.count * 5 / 2)
        var twins: [Int32: Int32] = [:]
        // The path of nodes from the root to the latest token.
        var path: [Int] = []
        for (_, token) in keyed {
            let bytes = vocabulary.bytes(of: token)
            var shared = 0
            while shared < path.count, shared < bytes.count,
                nodes[path[shared]].byte == bytes[bytes.startIndex + shared]
            {
                shared += 1
            }
            if shared == bytes.count {
                // The order is ascending, so a token that adds nothing to the path equals the latest one.
                let node = path[shared - 1]
                twins[token.rawValue] = nodes[node].token
                nodes[node].token = token.rawValue
                continue
            }
            for closed in path[shared...] { nodes[closed].end = Int32(nodes.count) }
            path.removeSubrange(shared...)
            for byte in bytes.dropFirst(shared) {
                path.append(nodes.count)
                nodes.append(Node(end: 0, token: -1, depth: Int32(path.count), byte: byte))
            }
            nodes[nodes.count - 1].token = token.rawValue
        }
        for closed in path { nodes[closed].end = Int32(nodes.count) }
        self.nodes = nodes
        self.twins = twins
        var twinned = TokenMask(tokenCount: vocabulary.count)
        for token in twins.keys { twinned.allow(TokenID(token)) }
        self.twinned = twinned
        var firstNodes = [Int32](repeating: -1, count: 256)
        var index = 0
        while index < nodes.count {
            firstNodes[Int(nodes[index].byte)] = Int32(index)
            index = Int(nodes[index].end)
        }
        self.firstNodes = firstNodes
    }

    /// The first eight bytes as a number that sorts like them; shorter tokens are filled with zeros.
    private static func sortKey(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var key: UInt64 = 0
        var shift: UInt64 = 56
        for byte in bytes.prefix(8) {
            key |= UInt64(byte) << shift
            shift &-= 8
        }
        return key
    }

    /// Adds to `mask` each token whose bytes `recognizer` accepts, and leaves `recognizer` as it was.
    /// - Complexity: O(nodes on accepted paths and their children)
    @inlinable
    package func allowTokens(in mask: inout TokenMask, recognizer: inout some ByteRecognizer) {
        var index = 0
        var consumed = 0
        let count = nodes.count
        while index < count {
            let node = nodes[index]
            let depth = Int(node.depth)
            if consumed >= depth {
                recognizer.rollback(consumed - depth + 1)
                consumed = depth - 1
            }
            guard recognizer.tryConsume(node.byte) else {
                index = Int(node.end)
                continue
            }
            consumed = depth
            if node.token >= 0 {
                allow(node.token, in: &mask)
            }
            index += 1
        }
        recognizer.rollback(consumed)
    }

    /// Allows `token` and the tokens with the same bytes.
    @inlinable
    package func allow(_ token: Int32, in mask: inout TokenMask) {
        mask.allow(TokenID(token))
        guard !twins.isEmpty, twinned.contains(TokenID(token)) else { return }
        var next = twins[token]
        while let twin = next {
            mask.allow(TokenID(twin))
            next = twins[twin]
        }
    }

    /// Denies the tokens of a node and all below it.
    package func denyTokens(under node: Int, in mask: inout TokenMask) {
        for index in node..<Int(nodes[node].end) where nodes[index].token >= 0 {
            for token in tokens(at: index) { mask.deny(TokenID(token)) }
        }
    }

    /// The bytes that lead to a node, its own included.
    package func bytes(to node: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var depth = nodes[node].depth + 1
        var index = node
        while depth > 1 {
            if nodes[index].depth < depth {
                depth = nodes[index].depth
                bytes.append(nodes[index].byte)
            }
            index -= 1
        }
        return bytes.reversed()
    }

    /// All tokens that end at a node.
    package func tokens(at node: Int) -> [Int32] {
        var found: [Int32] = []
        var next: Int32? = nodes[node].token
        while let token = next, token >= 0 {
            found.append(token)
            next = twins.isEmpty ? nil : twins[token]
        }
        return found
    }

    /// Whether several tokens end at the node of `token`.
    package func hasTwins(_ token: Int32) -> Bool { twinned.contains(TokenID(token)) }
}
