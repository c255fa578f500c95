/// That an entry is there: all of it but its body.
public struct EntryMark: Hashable, Sendable {
    /// Its place in the journal.
    public let sequence: Int
    /// Its run.
    public let run: RunID
    /// The step's address; empty for the run itself.
    public let step: String
    /// What it records, in the word of the record; this version may not know it.
    public let kind: String
    /// Wall time in nanoseconds since 1970.
    public let wallNanoseconds: Int64

    /// The wall time as RFC 3339 in UTC, to the millisecond.
    public var timestamp: String { JournalEntry.timestamp(nanoseconds: wallNanoseconds) }

    /// That this version doesn't know what it records; nil where it does.
    public var problem: JournalError? {
        JournalEntryKind(rawValue: kind) == nil ? JournalError(unknownKind: kind, of: sequence) : nil
    }
}
