/// An entry as it was read, with what is wrong about it.
public struct EntryRecord: Sendable {
    /// The entry; its body is null where ``problem`` says that it can't be read. It is a note where this version doesn't
    /// know its kind.
    public let entry: JournalEntry
    /// Why the body can't be read; nil where it can, or where it was removed on purpose.
    public let problem: JournalError?
    /// What it records, in the word of the record; this version may not know it.
    public let kind: String
}
