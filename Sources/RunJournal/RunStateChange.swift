import JSONSchemas

/// What an entry does to its run's state; the same rule when writing and when verifying.
struct RunStateChange: Hashable {
    let state: RunState
    let exitCode: Int?

    /// Nil when the entry leaves the state as it is.
    init?(_ kind: JournalEntryKind, _ body: JSONValue) {
        switch kind {
        case .runStarted, .runResumed: state = .running
        case .runParked: state = .parked
        case .runCancelled: state = .cancelled
        case .runFinished:
            // An outcome this program does not know must not pass for success.
            state = body["outcome"]?.stringValue.flatMap(RunState.init(rawValue:)) ?? .failed
        default: return nil
        }
        exitCode = body["exit"]?.intValue
    }

    init?(_ entry: JournalEntry) { self.init(entry.kind, entry.body) }
}

extension RunState {
    /// Where a run stands after these entries of it; nil where they say nothing.
    package init?(after entries: [JournalEntry]) {
        for entry in entries.reversed() {
            guard let change = RunStateChange(entry) else { continue }
            self = change.state
            return
        }
        return nil
    }
}
