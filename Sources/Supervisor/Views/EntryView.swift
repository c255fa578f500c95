public import JSONSchemas
public import RunJournal

/// An entry of the journal.
public struct EntryView: Hashable, Sendable {
    /// Its place in the journal.
    public let sequence: Int
    /// Its run.
    public let run: RunID
    /// The step's address; empty for the run itself.
    public let step: String
    /// What it records.
    public let kind: JournalEntryKind
    /// When, as RFC 3339.
    public let time: String
    /// Its body as JSON over several lines, or the beginning; empty where there is none.
    public let body: LongText
    /// Why there is no body: it was removed, or it can't be read. Empty where there is one.
    public let problem: String

    /// Makes it.
    public init(_ record: EntryRecord, byteLimit: Int) {
        let entry = record.entry
        sequence = entry.sequence
        run = entry.run
        step = entry.step
        kind = entry.kind
        time = entry.timestamp
        let isThere = !entry.isErased && record.problem == nil
        body = LongText(isThere ? entry.body.serialized(.pretty) : "", byteLimit: byteLimit)
        problem = record.problem?.description ?? (entry.isErased ? "Its body was removed by `warrant prune`." : "")
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "sequence": .integer(sequence), "run": .string(run.description), "step": .string(step),
            "kind": .string(kind.rawValue), "time": .string(time), "body": body.toJSON(),
            "problem": .string(problem),
        ]
    }
}
