import JSONSchemas
import Provenance
import RunJournal

/// What the journal already knows of a run, by step address: the only memory a resumed run has.
struct RecordedRun: Sendable {
    private var entries: [String: [JournalEntryKind: JournalEntry]] = [:]
    /// The calls each tool was allowed so far.
    private(set) var startedCalls: [String: Int] = [:]

    init(_ journal: [JournalEntry]) {
        for entry in journal {
            record(entry)
        }
    }

    /// Takes a new entry in.
    mutating func record(_ entry: JournalEntry) {
        if entry.kind == .executionStarted, entries[entry.step]?[.executionStarted] == nil,
            let tool = entry.body["tool"]?.stringValue
        {
            startedCalls[tool, default: 0] += 1
        }
        entries[entry.step, default: [:]][entry.kind] = entry
    }

    /// The newest entry of `kind` at `address`.
    func body(_ kind: JournalEntryKind, at address: String) -> JSONValue? {
        entries[address]?[kind]?.body
    }

    /// The recorded result of the step at `address`.
    func result(at address: String) -> StepResult? {
        guard let body = body(.stepFinished, at: address) else { return nil }
        return StepResult(body["result"] ?? .null, label: Label(recorded: body["label"] ?? .null))
    }
}
