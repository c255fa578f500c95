public import Planning

/// What a run tells whoever watches it.
public enum RunEvent: Sendable {
    /// A step begins; `detail` says what it does.
    case stepStarted(address: String, detail: String)
    /// A loop is at item `index` (from 1) of `count`.
    case item(address: String, index: Int, count: Int)
    /// A tool is through `done` of `total` pieces.
    case toolProgress(done: Int, total: Int)
    /// A step is over; `result` is one line.
    case stepFinished(address: String, result: String, seconds: Double)
    /// Tokens spent by a model call.
    case usage(TokenUsage)
    /// A call needs a person and nobody is there.
    case waiting(address: String, question: String)
    /// A call was refused.
    case denied(address: String, sentence: String)
    /// A file of the run was written.
    case outputWritten(path: String)
    /// Anything else worth a line.
    case note(String)
}
