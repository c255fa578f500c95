/// A piece of a document with the place it was cut from; its text is verbatim by construction.
public struct DocumentSegment: Hashable, Sendable {
    /// The text, exactly the document's bytes in `byteRange`.
    public let text: String
    /// Where it lies in the document, in UTF-8 bytes.
    public let byteRange: Range<Int>
    /// The nearest heading above, or an empty string.
    public let section: String
    /// The segment before it in the same section, or an empty string.
    public let before: String
    /// The code block that follows it before any other text, or an empty string.
    public let example: String
    /// Whether it is a line of a list of terms with what they mean, and so says what a term is.
    public var isLegend = false
}
