/// The places in the journal's writing at which a test may let the process die.
///
/// ``JournalOptions/faultPoint`` is called with the raw value, or what begins with it. What holds after a death at each of them is written in
/// the crash matrix of the tests.
public enum JournalFaultPoint: String, CaseIterable, Sendable {
    /// Entries are about to be appended; nothing of them is written. As in the next two, the name goes on with their
    /// kinds.
    case appendBefore = "append.before"
    /// Their transaction is about to commit; everything in it is written to SQLite's cache.
    case appendInside = "append.inside"
    /// The transaction is durable; the caller does not know yet.
    case appendAfter = "append.after"
    /// A large body is written to a file of its own, under another name.
    case blobWritten = "blob.written"
    /// That file has its name, which may not be durable.
    case blobNamed = "blob.named"
    /// It is durable, and no entry refers to it yet.
    case blobStored = "blob.stored"
    /// A checkpoint is about to be signed, inside the transaction of the entries that it covers.
    case signBefore = "checkpoint.sign.before"
    /// The checkpoint is signed and in the table; the transaction is not committed.
    case signAfter = "checkpoint.sign.after"
    /// The checkpoint is durable in the database and about to be written outside of it.
    case outsideCopyBefore = "checkpoint.outside.before"
    /// The copy outside is durable.
    case outsideCopyAfter = "checkpoint.outside.after"
    /// The record of an erasure is durable; the bodies are still there.
    case eraseBefore = "blob.erase.before"
    /// The bodies are gone.
    case eraseAfter = "blob.erase.after"
}
