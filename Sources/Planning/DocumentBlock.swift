/// A block of a Markdown or plain-text document, in UTF-8 bytes.
struct DocumentBlock: Hashable, Sendable {
    /// What the block is.
    enum Kind: Hashable, Sendable {
        case heading
        case paragraph
        case listItem
        case code
        case table
    }

    let kind: Kind
    /// The bytes of its content: without list marker, fences, heading marks and surrounding white space.
    let content: Range<Int>
    /// All its bytes.
    let whole: Range<Int>
}
