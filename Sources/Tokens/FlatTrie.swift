/// A trie of tokens in flat arrays, in depth-first order with subtree ends, so that skipping a rejected branch is one
/// assignment (llguidance, `docs/toktrie.md`).
@usableFromInline
package struct FlatTrie: Sendable {
    @usableFromInline
    struct Node: Sendable {
        /// The first node after this one's subtree.
        @usableFromInline var end: Int32
        /// A token that ends here, or -1.
        @usableFromInline var token: Int32
        /// How many bytes lead here; the root isn't stored, so at least 1.
        @usableFromInline var depth: Int32
        @usableFromInline var byte: UInt8
    }

    @usableFromInline let nodes: [Node]
    /// Tokens with the same bytes as another: token number to the next one.
    @usableFromInline let twins: [Int32: Int32]

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

    @inlinable
    func allow(_ token: Int32, in mask: inout TokenMask) {
        mask.allow(TokenID(token))
        guard !twins.isEmpty else { return }
        var next = twins[token]
        while let twin = next {
            mask.allow(TokenID(twin))
            next = twins[twin]
        }
    }
}
