public import JSONSchemas
public import RunJournal

/// A page, or the answer of the interface, that says one thing: what was refused or went wrong, and what to do.
public struct NoticeView: Hashable, Sendable, Error {
    /// The status of the answer.
    public let status: Int
    /// A word for programs, such as `answered`.
    public let code: String
    /// One sentence.
    public let sentence: String
    /// What to do; empty where nothing can be done.
    public let fix: String
    /// The run that it is about, for a way to it; nil where it is about none.
    public let run: RunID?

    /// Makes a notice.
    public init(_ status: Int, _ code: String, _ sentence: String, fix: String = "", run: RunID? = nil) {
        self.status = status
        self.code = code
        self.sentence = sentence
        self.fix = fix
        self.run = run
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        ["error": .string(code), "sentence": .string(sentence), "fix": .string(fix)]
    }
}
