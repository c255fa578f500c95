/// An evaluation that ended before all its runs were taken; the same command goes on with it.
public struct EvaluationStopped: Error, Hashable, Sendable {
    /// The exit code of the run that ended it.
    public let exit: Int
    /// The evaluation's folder.
    public let directory: String
}
