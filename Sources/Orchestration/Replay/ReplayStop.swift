/// Why the replay of a stretch of a run stops before the run's own end.
enum ReplayStop: Error {
    /// The record ends here: the process was killed, or is still at it.
    case recordEnds
    /// The run would have done something else than what is recorded.
    case difference(RunDifference)
    /// The body of this entry is gone, and nothing after it can be worked out without it.
    case missing(Int)
}
