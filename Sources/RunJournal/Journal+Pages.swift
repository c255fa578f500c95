import Foundation
import GRDB
import JSONSchemas

extension Journal {
    /// The entries of a run in order, from after the given sequence, at most `limit`; a body that can't be read is said
    /// and does not hide the others.
    public func records(
        of run: RunID, after sequence: Int = 0, limit: Int
    ) throws(JournalError) -> [EntryRecord] {
        try records(
            "WHERE run = ? AND entry.sequence > ? ORDER BY entry.sequence LIMIT ?", [run.description, sequence, limit])
    }

    /// The entries of one step in order, the last `limit` of them; a body that can't be read is said and does not hide the
    /// others.
    public func records(of run: RunID, at step: String, limit: Int) throws(JournalError) -> [EntryRecord] {
        try records(
            "WHERE run = ? AND step = ? ORDER BY entry.sequence DESC LIMIT ?", [run.description, step, limit]
        ).reversed()
    }

    /// The entries of these kinds in order, of one run or of all, from after the given sequence, at most `limit`; a body
    /// that can't be read is said and does not hide the others.
    public func records(
        of run: RunID?, kinds: Set<JournalEntryKind>, after sequence: Int, limit: Int
    ) throws(JournalError) -> [EntryRecord] {
        // Safe to paste: raw values of our own enumeration.
        let names = kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try records(
            """
            WHERE (?1 IS NULL OR run = ?1) AND kind IN (\(names)) AND entry.sequence > ?2
            ORDER BY entry.sequence LIMIT ?3
            """, [run?.description, sequence, limit])
    }

    /// The entry with this sequence, or nil; a body that can't be read is said.
    public func record(_ sequence: Int) throws(JournalError) -> EntryRecord? {
        try records("WHERE entry.sequence = ?", [sequence]).first
    }

    /// Which entries there are from after the given sequence, at most `limit`, without their bodies.
    public func marks(after sequence: Int, limit: Int) throws(JournalError) -> [EntryMark] {
        try read("read the journal") { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT sequence, run, step, kind, wall_ns FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: [sequence, limit]).map { row in
                guard let run = RunID(try row.checked("run")) else {
                    throw JournalError(
                        .corrupt, operation: "read the journal", reason: "an entry's run is not readable")
                }
                return EntryMark(
                    sequence: try row.checked("sequence"), run: run, step: try row.checked("step"),
                    kind: try row.checked("kind"), wallNanoseconds: try row.checked("wall_ns"))
            }
        }
    }

    /// Refuses to go on where the database's file was moved away or another one lies in its place: what is open here is then
    /// no longer what anybody else reads and writes.
    public func requireInPlace() throws(JournalError) {
        let found = Place(of: path)
        guard found == nil || (place != nil && place != found) else { return }
        throw JournalError(
            .io, operation: "read the journal",
            reason: found == nil ? "it was removed from `\(path)`" : "another file lies at `\(path)` now",
            fix: "Put it back, or start anew.")
    }

    /// How many questions wait for a person, in all runs that have not ended.
    public func waitingCount() throws(JournalError) -> Int {
        try read("read the journal") { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM approval JOIN run ON run.id = approval.run
                    WHERE approval.recorded_sequence IS NULL AND run.state IN ('running', 'parked')
                    """) ?? 0
        }
    }

    /// Entries with what is wrong about them; `condition` is what follows the joins of ``entryColumns``.
    func records(
        _ condition: String, _ arguments: StatementArguments
    ) throws(JournalError) -> [EntryRecord] {
        try read("read the journal") { database in
            let statement = try database.cachedStatement(sql: "\(Self.entryColumns) \(condition)")
            let rows = try Row.fetchCursor(statement, arguments: arguments)
            var records: [EntryRecord] = []
            while let row = try rows.next() {
                let kind: String = try row.checked("kind")
                do {
                    records.append(EntryRecord(entry: try entry(row), problem: nil, kind: kind))
                } catch {
                    let problem = JournalError(error, operation: "read the journal")
                    records.append(EntryRecord(entry: try bodiless(row), problem: problem, kind: kind))
                }
            }
            return records
        }
    }

    /// The entry of a row whose body can't be read, or whose kind this version doesn't know.
    private func bodiless(_ row: Row) throws -> JournalEntry {
        guard let run = RunID(try row.checked("run")) else {
            throw JournalError(.corrupt, operation: "read the journal", reason: "an entry's run is not readable")
        }
        let kind = try JournalEntryKind(rawValue: row.checked("kind")) ?? .note
        let hash: Data = try row.checked("hash")
        let previous: Data = try row.checked("previous_hash")
        return JournalEntry(
            sequence: try row.checked("sequence"), run: run, step: try row.checked("step"), kind: kind, body: .null,
            wallNanoseconds: try row.checked("wall_ns"), epoch: try row.checked("epoch"),
            subject: try row.checked("subject"), hash: EntryHash.hex(hash), previousHash: EntryHash.hex(previous))
    }
}
