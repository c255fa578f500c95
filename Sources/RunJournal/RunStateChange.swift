import JSONSchemas

/// What an entry does to its run's state; the same rule when writing and when verifying.
struct RunStateChange: Hashable {
    let state: RunState
    let exitCode: Int?

    /// Nil when the entry leaves the state as it is.
    init?(_ entry: JournalEntry) {
        exitCode = entry.body["exit"]?.intValue
        switch entry.kind {
        case .runStarted, .runResumed: state = .running
        case .runParked: state = .parked
        case .runCancelled: state = .cancelled
        case .runFinished:
            // An outcome this program does not know must not pass for success.
            state = entry.body["outcome"]?.stringValue.flatMap(RunState.init(rawValue:)) ?? .failed
        default: return nil
        }
    }
}
