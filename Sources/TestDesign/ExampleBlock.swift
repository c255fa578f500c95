/// A code block of a specification in the format it is about.
struct ExampleBlock {
    let section: String
    /// Where its text begins in the document, in UTF-8 bytes.
    let byteStart: Int
    /// Whole inputs that it shows, and whether they are right.
    let inputs: [(text: String, isRight: Bool)]
    /// The statements of what is right in it.
    let statements: [Statement]
}
