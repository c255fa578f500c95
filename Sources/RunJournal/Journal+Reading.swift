import Foundation
import GRDB
import JSONSchemas
import WorkflowFormat

extension Journal {
    /// An entry with where its body lies.
    static let entryColumns = """
        SELECT entry.*, blob.salt, blob.bytes, blob.place, blob.erased_sequence FROM entry
        LEFT JOIN blob ON blob.sequence = entry.sequence
        """

    /// The entries of a run in order, from after the given sequence; of all kinds, or only of these.
    public func entries(
        of run: RunID, after sequence: Int = 0, kinds: Set<JournalEntryKind>? = nil
    ) throws(JournalError) -> [JournalEntry] {
        var sql = "WHERE run = ? AND entry.sequence > ?"
        if let kinds {
            // Safe to paste: raw values of our own enumeration.
            sql += " AND kind IN (\(kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"
        }
        return try fetch(sql + " ORDER BY entry.sequence", [run.description, sequence])
    }

    /// Entries of all runs in order, from after the given sequence, at most `limit`.
    public func entries(after sequence: Int, limit: Int) throws(JournalError) -> [JournalEntry] {
        try fetch("WHERE entry.sequence > ? ORDER BY entry.sequence LIMIT ?", [sequence, limit])
    }

    /// The entries of these kinds of all runs in order, from after the given sequence.
    public func entries(
        after sequence: Int, kinds: Set<JournalEntryKind>
    ) throws(JournalError) -> [JournalEntry] {
        // Safe to paste: raw values of our own enumeration.
        let names = kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try fetch("WHERE entry.sequence > ? AND kind IN (\(names)) ORDER BY entry.sequence", [sequence])
    }

    /// The entry with this sequence, or nil.
    public func entry(_ sequence: Int) throws(JournalError) -> JournalEntry? {
        try fetch("WHERE entry.sequence = ?", [sequence]).first
    }

    /// Questions that wait for a person, oldest first, of one run or of all runs that have not ended. The body of one that
    /// can't be read is null, and hides no other.
    public func pendingApprovals(run: RunID? = nil) throws(JournalError) -> [PendingApproval] {
        let requests = try records(
            """
            JOIN approval ON entry.sequence = approval.requested_sequence
            JOIN run ON run.id = approval.run
            WHERE approval.recorded_sequence IS NULL AND run.state IN ('running', 'parked')
                AND (?1 IS NULL OR approval.run = ?1)
            ORDER BY approval.requested_sequence
            """, [run?.description])
        return requests.map(\.entry).map {
            PendingApproval(
                run: $0.run, step: $0.step, digest: $0.subject, sequence: $0.sequence,
                requestedNanoseconds: $0.wallNanoseconds, body: $0.body)
        }
    }

    /// The same in short: their bodies are null, and ``filled(_:)`` reads one. Bodies can be large and many.
    public func pendingApprovalsInShort(run: RunID? = nil) throws(JournalError) -> [PendingApproval] {
        try read("read the journal") { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT entry.sequence, entry.run, entry.step, entry.subject, entry.wall_ns FROM entry
                    JOIN approval ON entry.sequence = approval.requested_sequence
                    JOIN run ON run.id = approval.run
                    WHERE approval.recorded_sequence IS NULL AND run.state IN ('running', 'parked')
                        AND (?1 IS NULL OR approval.run = ?1)
                    ORDER BY approval.requested_sequence
                    """)
            return try Row.fetchAll(statement, arguments: [run?.description]).map { row in
                guard let run = RunID(try row.checked("run")) else {
                    throw JournalError(
                        .corrupt, operation: "read the journal", reason: "an entry's run is not readable")
                }
                return PendingApproval(
                    run: run, step: try row.checked("step"), digest: try row.checked("subject"),
                    sequence: try row.checked("sequence"), requestedNanoseconds: try row.checked("wall_ns"),
                    body: .null)
            }
        }
    }

    /// A question with its body; it stays null where that can't be read.
    public func filled(_ question: PendingApproval) throws(JournalError) -> PendingApproval {
        PendingApproval(
            run: question.run, step: question.step, digest: question.digest, sequence: question.sequence,
            requestedNanoseconds: question.requestedNanoseconds,
            body: try record(question.sequence)?.entry.body ?? .null)
    }

    /// The effects of a run, in the order of their newest intents.
    public func effects(of run: RunID) throws(JournalError) -> [EffectRecord] {
        try read("read the effects") { database in
            let sql = "SELECT * FROM effect WHERE run = ? ORDER BY intent_sequence"
            return try Row.fetchAll(database, sql: sql, arguments: [run.description]).map { row in
                guard let effect = Effect(rawValue: try row.checked("class")),
                    let state = EffectRecord.State(rawValue: try row.checked("state"))
                else {
                    throw JournalError(.corrupt, operation: "read the effects", reason: "a row is not readable")
                }
                return EffectRecord(
                    id: try row.checked("effect_id"), run: run, step: try row.checked("step"), effect: effect,
                    intentSequence: try row.checked("intent_sequence"),
                    outcomeSequence: try row.checkedOptional("outcome_sequence"), state: state)
            }
        }
    }

    /// Entries; `condition` is what follows the joins of ``entryColumns``.
    func fetch(_ condition: String, _ arguments: StatementArguments) throws(JournalError) -> [JournalEntry] {
        try read("read the journal") { database in
            let statement = try database.cachedStatement(sql: "\(Self.entryColumns) \(condition)")
            let rows = try Row.fetchCursor(statement, arguments: arguments)
            var entries: [JournalEntry] = []
            while let row = try rows.next() { entries.append(try entry(row)) }
            return entries
        }
    }

    /// Turns a row into an entry, fetching its body from where it lies.
    func entry(_ row: Row) throws -> JournalEntry {
        let bytes = try bodyBytes(row)
        let sequence: Int = try row.checked("sequence")
        let word: String = try row.checked("kind")
        guard let kind = JournalEntryKind(rawValue: word) else { throw JournalError(unknownKind: word, of: sequence) }
        guard let run = RunID(try row.checked("run")),
            let body = try? bytes.map({ try JSONValue(parsing: $0) }) ?? .null
        else {
            throw JournalError(
                .corrupt, operation: "read entry \(sequence)", reason: "its run or body is not readable"
            )
        }
        let hash: Data = try row.checked("hash")
        let previous: Data = try row.checked("previous_hash")
        return JournalEntry(
            sequence: sequence, run: run, step: try row.checked("step"), kind: kind, body: body,
            wallNanoseconds: try row.checked("wall_ns"), epoch: try row.checked("epoch"),
            subject: try row.checked("subject"), hash: EntryHash.hex(hash), previousHash: EntryHash.hex(previous),
            isErased: bytes == nil)
    }

    /// The body's bytes; nil where it was erased.
    func bodyBytes(_ row: Row) throws -> [UInt8]? {
        if let body: Data = try row.checkedOptional("body") { return Array(body) }
        if let _: Int = try row.checkedOptional("erased_sequence") { return nil }
        let hash: Data = try row.checked("blob_hash")
        let salt: Data = try row.checked("salt")
        guard try row.checked("place") as String == StoredBody.Place.row.rawValue else {
            return try blobs.read(Array(hash), salt: Array(salt))
        }
        let bytes: Data = try row.checked("bytes")
        guard EntryHash.body(Array(bytes), salt: Array(salt)) == Array(hash) else {
            throw JournalError(.corrupt, operation: "read the journal", reason: "a body is not what was written")
        }
        return Array(bytes)
    }
}
