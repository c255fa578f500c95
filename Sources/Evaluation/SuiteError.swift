/// What is wrong with a suite's files or answers.
public struct SuiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence: `Can't <verb> <object>: <reason>.`
    public let description: String

    /// - Parameter description: one sentence: `Can't <verb> <object>: <reason>.`
    public init(_ description: String) {
        self.description = description
    }
}
