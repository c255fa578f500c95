/// Another process works on the same evaluation.
public struct EvaluationBusy: Error, Hashable, Sendable, CustomStringConvertible {
    /// The evaluation's folder.
    public let directory: String

    /// One sentence, and what to do.
    public var description: String {
        "Can't evaluate in `\(directory)`: another `warrant eval` works there. Wait until it ends, or name another folder "
            + "with `--output`."
    }
}
