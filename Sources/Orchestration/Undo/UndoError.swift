/// Why nothing of a run is undone.
public struct UndoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of obstacle it is.
    public enum Code: Hashable, Sendable {
        /// The run isn't over, or its changes were undone before.
        case notPossible
        /// The run has no such step, or the step changed no file.
        case notFound
    }

    /// What kind of obstacle it is.
    public let code: Code
    /// `Can't undo ...: ...`, and what to do.
    public let description: String

    init(_ code: Code, _ object: String, _ reason: String, fix: String? = nil) {
        self.code = code
        description = "Can't undo \(object): \(reason)." + (fix.map { "\n" + $0 } ?? "")
    }
}
