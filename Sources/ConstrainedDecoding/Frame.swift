/// One level of a configuration's stack. What `a` to `d` mean depends on the kind.
struct Frame: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        /// The whole document, at the bottom; on top, it has ended.
        case document
        /// Bytes of literal `a` from offset `b` are to come.
        case literal
        /// Lexeme `a` in the state `b`, `c`, `d`.
        case lexeme
        /// An additional key, behind its opening quote: text `b`, lexeme state `c`, `d`.
        case key
        /// Object `a` in phase `c`; the next member that may come is `b`, its additional keys so far are set `d`.
        case object
        /// Array `a` in phase `c` with `b` elements.
        case array
        /// Sequence `a`, whose part `b` is being written.
        case sequence
        /// An additional key in an object whose earlier keys aren't all known; see `isShared`.
        case unsure
    }

    var kind: Kind
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
    var d: Int32 = 0
    /// The cell below.
    var parent: Int32
    /// How many containers are open, this one included; of containers only.
    var depth: Int32 = 0
    /// Of a lexeme or key: only for masks; its characters aren't counted, because no token reaches a length bound. A
    /// key's text is forgotten, too, as soon as no known key starts like it, so that all such keys share their states.
    /// Of an object: such a key's text is missing from its set.
    var isShared = false

    /// What the part that stands above an object's or array's frame is; when it ends, the next phase begins.
    enum Phase {
        /// The opening bracket.
        static let open: Int32 = 0
        /// A member's key up to the colon, or the comma behind an element.
        static let separator: Int32 = 1
        /// A value.
        static let value: Int32 = 2
        /// The comma and quote before an additional key.
        static let keyQuote: Int32 = 3
        /// An additional key.
        static let key: Int32 = 4
        /// The colon behind an additional key.
        static let colon: Int32 = 5
    }
}
