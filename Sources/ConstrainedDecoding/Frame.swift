/// One level of a configuration's stack. What `a` to `g` mean depends on the kind.
struct Frame: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        /// The whole document, at the bottom; on top, it has ended.
        case document
        /// Bytes of literal `a` from offset `b` are to come.
        case literal
        /// Lexeme `a` in the state `b`, `c`, `d`, `g`.
        case lexeme
        /// A key, behind its opening quote. `a` is the lexeme of keys without a name or -1, `b`, `c`, `d`, `g` its state
        /// (`b` is -1 where only a name may come of it), `e` where it is among the names, or -1, and `f` its text as long
        /// as an earlier key without a name starts like it, or -1.
        case key
        /// Object `a` in phase `c`. `b` is the next member where the order is fixed, else the set of those that came; `d`
        /// the keys without a name that came, `e` the number of members, `f` what is to be met.
        case object
        /// Array `a` in phase `c` with `b` elements; `d` the elements that came where all must differ, `e` the counts of
        /// `contains`, `f` what is to be met, `g` the last byte of an element that was forgotten.
        case array
        /// Sequence `a`, whose part `b` is being written.
        case sequence
    }

    var kind: Kind
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
    var d: Int32 = 0
    var e: Int32 = 0
    var f: Int32 = 0
    var g: Int32 = 0
    /// The cell below.
    var parent: Int32
    /// How many containers are open, this one included; of containers only.
    var depth: Int32 = 0

    /// What the part that stands above an object's or array's frame is; when it ends, the next phase begins.
    enum Phase {
        /// The opening bracket.
        static let open: Int32 = 0
        /// A value, or nothing yet.
        static let value: Int32 = 1
        /// The comma, and in an object the opening quote.
        static let separator: Int32 = 2
        /// A key.
        static let key: Int32 = 3
        /// The colon; the goal of the value is above the phase's bits.
        static let colon: Int32 = 4
        static let mask: Int32 = 7
        static let goalShift: Int32 = 3
    }

    var lexemeState: LexemeState { LexemeState(node: b, count: c, detail: d, trie: g) }

    mutating func set(_ state: LexemeState) {
        b = state.node
        c = state.count
        d = state.detail
        g = state.trie
    }
}
