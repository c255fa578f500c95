/// A block of a Markdown or plain-text document, in UTF-8 bytes.
package struct DocumentBlock: Hashable, Sendable {
    /// What the block is.
    package enum Kind: Hashable, Sendable {
        case heading
        case paragraph
        case listItem
        case code
        case table
    }

    package let kind: Kind
    /// The bytes of its content: without list marker, fences, heading marks and surrounding white space.
    package let content: Range<Int>
    /// All its bytes.
    package let whole: Range<Int>
    /// A heading's level; how many columns a list item's marker is indented; 0 for everything else.
    package var depth = 0
    /// The bytes of a code block's language, behind its opening fence.
    package var language: Range<Int> = 0..<0
    /// Whether a list item has a number.
    package var isNumbered = false
}
