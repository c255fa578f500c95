import Foundation
import GRDB
public import JSONSchemas
import Synchronization

/// The durable record of every run: append-only, hash-chained, shared by all processes of one user.
///
/// SQLite in WAL mode with `synchronous = FULL`: when ``append(_:run:step:body:)`` returns, the entry survives
/// a power cut. A failed append leaves nothing behind. Beside the database lie `blobs/` (large bodies) and
/// `locks/` (leases). Calls block the calling thread, for about 0.1 ms when appending.
public final class Journal: Sendable {
    /// The database's path.
    public let path: String
    let options: JournalOptions
    let queue: DatabaseQueue
    let blobs: BlobFolder
    let lockFolder: String
    /// Set by the first failure after which the file's state is unknown. After a failed fsync the kernel may
    /// have dropped the pages and report success next time, so going on would lie.
    private let endedBy = Mutex<JournalError?>(nil)

    /// Opens the journal at this path, creating it, its folder and its tables where missing.
    public init(path: String, options: JournalOptions = JournalOptions()) throws(JournalError) {
        let operation = "open the journal"
        self.path = path
        self.options = options
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        blobs = BlobFolder(path: folder + "/blobs")
        lockFolder = folder + "/locks"
        do {
            for made in [folder, blobs.path, lockFolder] {
                try FileManager.default.createDirectory(
                    atPath: made, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw JournalError(
                .io, operation: operation, reason: "its folder can't be created",
                fix: "Check the permissions of that place, or set `WARRANT_HOME`.")
        }
        do {
            // Two processes that open a new journal at once: switching to WAL does not wait for a busy database.
            let opening = try FileHandleOwner(
                opening: lockFolder + "/opening", flags: O_RDWR | O_CREAT, operation: operation)
            flock(opening.descriptor, LOCK_EX)
            queue = try DatabaseQueue(path: path, configuration: JournalSchema.configuration(options))
            try queue.inDatabase { try JournalSchema.migrate($0, options: options) }
        } catch {
            throw JournalError(error, operation: operation)
        }
    }

    /// Records a new run and returns its summary.
    @discardableResult
    public func start(_ seed: RunSeed) throws(JournalError) -> RunSummary {
        let body: JSONValue = [
            "workflow": .string(seed.workflow), "directory": .string(seed.directory),
            "parameters": seed.parameters,
        ]
        try append([JournalEntryDraft(.runStarted, body: body)], run: seed.id)
        return try run(seed.id)
    }

    /// Appends one entry and returns it once it is durable.
    @discardableResult
    public func append(
        _ kind: JournalEntryKind, run: RunID, step: String = "", body: JSONValue = .object(JSONObject())
    ) throws(JournalError) -> JournalEntry {
        try append([JournalEntryDraft(kind, step: step, body: body)], run: run)[0]
    }

    /// Appends several entries in one transaction: all of them or none.
    @discardableResult
    public func append(_ drafts: [JournalEntryDraft], run: RunID) throws(JournalError) -> [JournalEntry] {
        guard !drafts.isEmpty else { return [] }
        let operation = "append to the journal"
        if let earlier = endedBy.withLock({ $0 }) { throw earlier }
        var bodies: [StoredBody] = []
        for draft in drafts {
            let body = StoredBody(draft.body, inlineByteLimit: options.inlineBodyByteLimit)
            if body.isBlob { try blobs.store(body.bytes, hash: body.hash) }
            bodies.append(body)
        }
        do {
            return try queue.write { database in
                var head = try Self.head(database)
                var entries: [JournalEntry] = []
                for (draft, body) in zip(drafts, bodies) {
                    let entry = JournalEntry(draft, run: run, after: head, at: options.now(), body: body)
                    try Self.insert(entry, body: body, after: head, into: database)
                    head = JournalHead(journal: head.journal, sequence: entry.sequence, hash: entry.hash)
                    entries.append(entry)
                }
                return entries
            }
        } catch {
            let failure = JournalError(error, operation: operation)
            if failure.endsWriting { endedBy.withLock { $0 = $0 ?? failure } }
            throw failure
        }
    }

    /// The newest entry's place in the chain. Keep it elsewhere to notice later that the end was cut off.
    public func head() throws(JournalError) -> JournalHead {
        try read("read the journal") { try Self.head($0) }
    }

    /// Takes the right to work on a run, and readies the log for many commits.
    ///
    /// Throws ``JournalError/Code/leased(holder:)`` when another process, or this one, has it.
    public func lease(_ run: RunID) throws(JournalError) -> RunLease {
        let lease = try RunLease(run: run, folder: lockFolder)
        try prepareLog()
        return lease
    }

    /// The pid of the process that works on the run, or nil when none does.
    public func leaseHolder(of run: RunID) -> Int32? { LockedFile.holder(path: "\(lockFolder)/\(run).lock") }

    /// Grows the write-ahead log once, without changing the database.
    private func prepareLog() throws(JournalError) {
        let wanted = options.preparedLogByteCount
        let size = (try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int) ?? 0
        guard wanted > 0, size < wanted else { return }
        do {
            try queue.writeWithoutTransaction { database in
                // A transaction larger than the cache spills its pages to the log; rolled back, they stay behind
                // as allocated blocks that no reader looks at.
                try database.execute(sql: "PRAGMA cache_size = 10")
                defer { try? database.execute(sql: "PRAGMA cache_size = -2000") }
                try database.inTransaction(.immediate) {
                    try database.execute(sql: "CREATE TABLE spill (bytes BLOB)")
                    try database.execute(sql: "INSERT INTO spill VALUES (randomblob(?))", arguments: [wanted])
                    return .rollback
                }
            }
        } catch {
            let failure = JournalError(error, operation: "prepare the journal for writing")
            // A page limit too small for the preparation is no reason to refuse a short run.
            if failure.code == .diskFull, options.pageLimit != nil { return }
            throw failure
        }
    }

    func read<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(JournalError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw JournalError(error, operation: operation)
        }
    }
}
