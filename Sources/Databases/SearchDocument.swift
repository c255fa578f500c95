/// A text to be indexed that is not a file in a folder.
public struct SearchDocument: Hashable, Sendable {
    /// The name its hits carry as `path`; a name ending in `.md` is read as Markdown.
    public let path: String
    /// The text.
    public let text: String

    /// Makes a document.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
