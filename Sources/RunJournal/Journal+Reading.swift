import Foundation
import GRDB
import JSONSchemas

extension Journal {
    /// The entries of a run in order, from after the given sequence; of all kinds, or only of these.
    public func entries(
        of run: RunID, after sequence: Int = 0, kinds: Set<JournalEntryKind>? = nil
    ) throws(JournalError) -> [JournalEntry] {
        var sql = "SELECT * FROM entry WHERE run = ? AND sequence > ?"
        if let kinds {
            // Safe to paste: raw values of our own enumeration.
            sql += " AND kind IN (\(kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"
        }
        return try fetch(sql + " ORDER BY sequence", [run.description, sequence])
    }

    /// Entries of all runs in order, from after the given sequence, at most `limit`.
    public func entries(after sequence: Int, limit: Int) throws(JournalError) -> [JournalEntry] {
        try fetch("SELECT * FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?", [sequence, limit])
    }

    /// The entry with this sequence, or nil.
    public func entry(_ sequence: Int) throws(JournalError) -> JournalEntry? {
        try fetch("SELECT * FROM entry WHERE sequence = ?", [sequence]).first
    }

    /// Questions that wait for a person, oldest first, of one run or of all runs that have not ended.
    public func pendingApprovals(run: RunID? = nil) throws(JournalError) -> [PendingApproval] {
        let requests = try fetch(
            """
            SELECT entry.* FROM approval
            JOIN run ON run.id = approval.run
            JOIN entry ON entry.sequence = approval.requested_sequence
            WHERE approval.recorded_sequence IS NULL AND run.state IN ('running', 'parked')
                AND (?1 IS NULL OR approval.run = ?1)
            ORDER BY approval.requested_sequence
            """, [run?.description])
        return requests.map {
            PendingApproval(
                run: $0.run, step: $0.step, digest: $0.approvalDigest, sequence: $0.sequence,
                requestedNanoseconds: $0.wallNanoseconds, body: $0.body)
        }
    }

    func fetch(_ sql: String, _ arguments: StatementArguments) throws(JournalError) -> [JournalEntry] {
        try read("read the journal") { database in
            let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
            var entries: [JournalEntry] = []
            while let row = try rows.next() { entries.append(try entry(row)) }
            return entries
        }
    }

    /// Turns a row into an entry, fetching its body from `blobs/` where it lies there.
    func entry(_ row: Row) throws -> JournalEntry {
        let sequence: Int = try row.checked("sequence")
        let bytes = try bodyBytes(row)
        guard let run = RunID(try row.checked("run")),
            let kind = JournalEntryKind(rawValue: try row.checked("kind")),
            let body = try? JSONValue(parsing: bytes)
        else {
            throw JournalError(
                .corrupt, operation: "read entry \(sequence)", reason: "its run, kind or body is not readable"
            )
        }
        return JournalEntry(
            sequence: sequence, run: run, step: try row.checked("step"), kind: kind, body: body,
            wallNanoseconds: try row.checked("wall_ns"), hash: try row.checked("hash"),
            previousHash: try row.checked("previous_hash"))
    }

    func bodyBytes(_ row: Row) throws -> [UInt8] {
        if let body: Data = try row.checkedOptional("body") { return Array(body) }
        let hash: Data = try row.checked("blob_hash")
        return try blobs.read(Array(hash))
    }
}
