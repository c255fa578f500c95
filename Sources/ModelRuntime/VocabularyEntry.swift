/// One token as the weights' file describes it.
package struct VocabularyEntry: Sendable {
    /// What the file says a token is.
    package enum Flag: Sendable {
        /// Text or a byte.
        case normal
        /// A marker, or text that is not in the vocabulary.
        case control
        /// A token that somebody added by hand; a tokenizer finds it before it splits anything.
        case userDefined
        /// Padding.
        case unused
    }

    /// The token's spelling in the file.
    package let text: [UInt8]
    /// The bytes that it writes.
    package let bytes: [UInt8]
    /// What the file says it is.
    package let flag: Flag
    /// Whether it ends a generation.
    package let endsGeneration: Bool

    /// One token.
    package init(text: [UInt8], bytes: [UInt8], flag: Flag, endsGeneration: Bool = false) {
        self.text = text
        self.bytes = bytes
        self.flag = flag
        self.endsGeneration = endsGeneration
    }
}
