import Foundation
import GRDB
import Glibc
public import JSONSchemas
import Synchronization

/// The durable record of every run: append-only, hash-chained, shared by all processes of one user.
///
/// SQLite in WAL mode with `synchronous = FULL`: when ``append(_:run:step:body:)`` returns, the entry survives
/// a power cut. A failed append leaves nothing behind. Beside the database lie `blobs/` (large bodies), `locks/`
/// (leases), `keys/` (what signs checkpoints) and `checkpoints/` (copies of them outside the database). Calls block the
/// calling thread, for about 0.2 ms when appending.
public final class Journal: Sendable {
    /// The database's path.
    public let path: String
    /// Whether this process may only read: the place is not writable.
    public let isReadOnly: Bool
    let options: JournalOptions
    let queue: DatabaseQueue
    let blobs: BlobFolder
    let lockFolder: String
    /// Which file was opened; nil where that could not be found out.
    let place: Place?
    let folder: String
    /// A file, whatever its name.
    struct Place: Hashable, Sendable {
        let device: UInt64
        let file: UInt64

        init(device: UInt64, file: UInt64) {
            self.device = device
            self.file = file
        }

        init?(of path: String) {
            var status = stat()
            // SAFETY: the string and the structure live for the call.
            guard unsafe stat(path, &status) == 0 else { return nil }
            self.init(device: UInt64(status.st_dev), file: UInt64(status.st_ino))
        }
    }

    /// Set by the first failure after which the file's state is unknown. After a failed fsync the kernel may
    /// have dropped the pages and report success next time, so going on would lie.
    private let endedBy = Mutex<JournalError?>(nil)
    /// The epochs of the leases that were taken here. They stay when a lease is given back: what wrote under it must
    /// not write on once another process has taken over.
    private let epochs = Mutex<[RunID: Int]>([:])
    let signing = Mutex(SigningState())

    /// Opens the journal at this path, creating it, its folder and its tables where missing.
    ///
    /// None is created beside another journal's checkpoints. A file without tables is what a killed process left of a
    /// beginning, or all that is left of a journal: it is gone on with only where ``JournalOptions/mayBegin`` says so and
    /// nothing was ever signed beside it. Files are made for this user only.
    ///
    /// A journal that lies where this process may not write is opened for reading.
    public init(path: String, options: JournalOptions = JournalOptions()) throws(JournalError) {
        let operation = "open the journal"
        self.path = path
        self.options = options
        folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        blobs = BlobFolder(
            path: folder + "/blobs", lockPath: folder + "/locks/blobs", pass: { options.pass($0) })
        lockFolder = folder + "/locks"
        isReadOnly = Self.isReadOnly(path, in: folder)
        if isReadOnly {
            do {
                let place = JournalSchema.readOnly(path, options)
                queue = try DatabaseQueue(path: place.path, configuration: place.configuration)
                guard try queue.inDatabase({ try JournalSchema.isCurrent($0) }) else {
                    throw JournalError(.corrupt, operation: operation, reason: "the journal's file is empty")
                }
            } catch {
                throw Self.readOnlyError(error, operation: operation)
            }
            place = Place(of: path)
            return
        }
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
            // Making the tables may wait for as long as SQLite does, so whoever waits for that has more time.
            try opening.lock(within: options.busyTimeout * 2, operation: operation)
            let refusal = try Self.refuseBeginning(path, in: folder, options)
            queue = try DatabaseQueue(path: path, configuration: JournalSchema.configuration(options))
            try queue.inDatabase { try JournalSchema.migrate($0, options: options, refusal: refusal) }
        } catch {
            throw JournalError(error, operation: operation)
        }
        place = Place(of: path)
    }

    /// Makes the database's file where there is none. What refuses a beginning is thrown where nothing but that can come of
    /// it, and returned where it depends on what is in the file: SQLite would write to an empty one at once.
    private static func refuseBeginning(
        _ path: String, in folder: String, _ options: JournalOptions
    ) throws(JournalError) -> JournalError? {
        let operation = "open the journal"
        var status = stat()
        // SAFETY: the string and the structure live for the call.
        let isThere = unsafe stat(path, &status) == 0
        // SAFETY: the string lives for the call.
        let hasKey = unsafe access(folder + "/keys/journal-ed25519", F_OK) == 0
        let refusal: JournalError?
        if hasCheckpoints(folder) {
            refusal = JournalError(
                .rolledBack, operation: operation,
                reason:
                    "\(isThere ? "its file is empty" : "there is none"), and the checkpoints in `\(folder)/checkpoints` belong to another journal",
                fix: "Put that journal back, or move `checkpoints/` away to begin a new one.")
        } else if isThere, !options.mayBegin || hasKey {
            refusal = JournalError(
                .corrupt, operation: operation, reason: "the journal's file is empty",
                fix: hasKey
                    ? "Put a backup in its place, or move it and `keys/` away to start a new one."
                    : "Put a backup in its place. Where it never held anything, `warrant run` begins in it.")
        } else {
            refusal = nil
        }
        if let refusal, !isThere || status.st_size == 0 { throw refusal }
        if !isThere {
            // SQLite gives its other files the permissions of this one.
            try FileHandleOwner.make(path, operation: operation)
        }
        return refusal
    }

    private static func isReadOnly(_ path: String, in folder: String) -> Bool {
        // SAFETY: both strings live for the calls.
        unsafe access(path, R_OK) == 0 && (access(path, W_OK) != 0 || access(folder, W_OK) != 0)
    }

    private static func readOnlyError(_ error: any Error, operation: String) -> JournalError {
        let failure = JournalError(error, operation: operation)
        guard failure.code == .io else { return failure }
        return JournalError(
            .readOnly, operation: operation,
            reason: "it lies where nothing may be written and was not closed by its last writer",
            fix: "Copy its folder to a place where you may write, and set `WARRANT_HOME` to that.")
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
    ///
    /// Where they end, park or cancel the run, or announce an effect that can't be taken back, a signed checkpoint is in
    /// the same transaction, and a copy of it outside the database when this returns. If no place outside takes the copy,
    /// an append that announces such an effect fails although its entries are recorded, so that the effect does not
    /// happen; any other goes on, ``JournalOptions/report`` says so, and the next checkpoint brings the copies up to date.
    @discardableResult
    public func append(_ drafts: [JournalEntryDraft], run: RunID) throws(JournalError) -> [JournalEntry] {
        try append(drafts, run: run) { _, _ in }
    }

    /// The same with something else to write in the same transaction.
    func append(
        _ drafts: [JournalEntryDraft], run: RunID, with rest: (Database, [JournalEntry]) throws -> Void
    ) throws(JournalError) -> [JournalEntry] {
        guard !drafts.isEmpty else { return [] }
        // Before the blob as before the row: neither may ever hold what the other doesn't.
        let drafts = options.redactor.map { redactor in drafts.map { $0.guarded(by: redactor) } } ?? drafts
        let operation = "append to the journal"
        if let earlier = endedBy.withLock({ $0 }) { throw earlier }
        try requireWritable(operation)
        options.pass(.appendBefore, of: drafts)
        let bodies = drafts.map {
            StoredBody($0.body, kind: $0.kind, inlineByteLimit: options.inlineBodyByteLimit)
        }
        // Until the entries are committed nobody may take the files for ones without an entry.
        let hasFiles = bodies.contains { $0.place == .file }
        let blobLock = hasFiles ? try BlobLock(path: blobs.lockPath, alone: false, operation: operation) : nil
        defer { withExtendedLifetime(blobLock) {} }
        do {
            for body in bodies where body.place == .file {
                try blobs.store(body.bytes, hash: body.hash)
                options.pass(.blobStored)
            }
            let (entries, need) = try queue.write { database in
                let entries = try insert(drafts, bodies, run: run, in: database)
                try rest(database, entries)
                let need = try signIfNeeded(after: entries, in: database)
                options.pass(.appendInside, of: drafts)
                return (entries, need)
            }
            options.pass(.appendAfter, of: drafts)
            if need != .none { try copyCheckpoints(isRequired: need == .beforeEffect) }
            return entries
        } catch {
            let failure = JournalError(error, operation: operation)
            if failure.endsWriting { endedBy.withLock { $0 = $0 ?? failure } }
            throw failure
        }
    }

    private func insert(
        _ drafts: [JournalEntryDraft], _ bodies: [StoredBody], run: RunID, in database: Database
    ) throws -> [JournalEntry] {
        let epoch = try requireEpoch(of: run, in: database)
        var head = try Self.head(database)
        var entries: [JournalEntry] = []
        for (draft, body) in zip(drafts, bodies) {
            let entry = JournalEntry(draft, run: run, epoch: epoch, after: head, at: options.now(), body: body)
            try Self.insert(entry, body: body, into: database)
            head = JournalHead(journal: head.journal, sequence: entry.sequence, hash: entry.hash)
            entries.append(entry)
        }
        return entries
    }

    /// The run's epoch, which a writer that was overtaken must not use: it may have slept while another process took the
    /// run over, and what it knows of the run is old.
    private func requireEpoch(of run: RunID, in database: Database) throws -> Int {
        let statement = try database.cachedStatement(sql: "SELECT epoch FROM writer WHERE run = ?")
        let current: Int = try Row.fetchOne(statement, arguments: [run.description])?.checked("epoch") ?? 0
        if let own = epochs.withLock({ $0[run] }), own != current {
            throw JournalError(
                .fenced(by: current), operation: "append to the journal",
                reason: "writer \(current) took run `\(run)` over, and this process is writer \(own)",
                fix: "Nothing was written. `warrant show \(run)` says what the other one did.")
        }
        return current
    }

    /// Refuses to write where that is impossible or would go on from an old state. Looks once in a process's life.
    func requireWritable(_ operation: String) throws(JournalError) {
        if isReadOnly {
            throw JournalError(
                .readOnly, operation: operation, reason: "`\(path)` lies where this program may not write",
                fix: "Check the permissions of its folder, or set `WARRANT_HOME`.")
        }
        try requireNotRolledBack()
    }

    /// The newest entry's place in the chain. Keep it elsewhere to notice later that the end was cut off.
    public func head() throws(JournalError) -> JournalHead {
        try read("read the journal") { try Self.head($0) }
    }

    /// Takes the right to work on a run, readies the log for many commits, and makes every earlier writer of the run
    /// unable to write to it.
    ///
    /// Throws ``JournalError/Code/leased(holder:)`` when another process, or this one, has it.
    public func lease(_ run: RunID) throws(JournalError) -> RunLease {
        try requireWritable("lease run `\(run)`")
        let lease = try RunLease(run: run, folder: lockFolder)
        try prepareLog()
        do {
            let epoch = try queue.write { database in
                let epoch = try Int.fetchOne(
                    database,
                    sql: """
                        INSERT INTO writer (run, epoch) VALUES (?, 1)
                        ON CONFLICT (run) DO UPDATE SET epoch = epoch + 1 RETURNING epoch
                        """, arguments: [run.description])
                guard let epoch else { throw JournalSchema.unwritten("writer") }
                return epoch
            }
            epochs.withLock { $0[run] = epoch }
        } catch {
            throw JournalError(error, operation: "lease run `\(run)`")
        }
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

    /// Names a place that a run passes: see ``JournalOptions/faultPoint``.
    package func pass(_ place: String) { options.faultPoint(place) }

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
