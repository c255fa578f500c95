/// The serialized forms of a fixed set of values.
struct ValueTrie: Sendable {
    private let trie: ByteTrie
    private let spellings: [[UInt8]]
    /// How many values there are, each spelled once or several times.
    let count: Int
    /// What they are; booleans and `null` count as one type.
    let type: ValueType

    init(_ spellings: [[UInt8]], _ type: ValueType, count: Int? = nil) {
        self.type = type
        self.spellings = spellings
        trie = ByteTrie(spellings)
        self.count = count ?? spellings.count
    }

    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        let next = trie.child(of: state.node, byte)
        return next < 0 ? nil : LexemeState(node: next)
    }

    func isAccepting(_ state: LexemeState) -> Bool { trie.value(at: state.node) >= 0 }

    /// The serialized form that ends at `state`, if one does.
    func spelling(at state: LexemeState) -> [UInt8]? {
        let value = trie.value(at: state.node)
        return value < 0 ? nil : spellings[Int(value)]
    }

    func canContinue(_ state: LexemeState) -> Bool { trie.hasChildren(state.node) }

    func forEachByte(after state: LexemeState, _ body: (UInt8) -> Void) {
        trie.forEachByte(after: state.node, body)
    }
}
