/// A file that was left out of an index, and why.
public struct SkippedFile: Hashable, Sendable {
    /// The file's path, relative to the indexed folder.
    public let path: String
    /// Why it was left out: a clause without a full stop.
    public let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}
