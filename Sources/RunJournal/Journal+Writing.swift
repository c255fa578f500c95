import Foundation
import GRDB
import JSONSchemas

extension Journal {
    /// The newest entry's place in the chain, inside the caller's transaction.
    static func head(_ database: Database) throws -> JournalHead {
        let statement = try database.cachedStatement(
            sql: """
                SELECT identifier, created_ns, sequence, hash FROM journal
                LEFT JOIN (SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1)
                """)
        guard let row = try Row.fetchOne(statement) else {
            throw JournalError(.corrupt, operation: "read the journal", reason: "its own row is missing")
        }
        let identifier: String = try row.checked("identifier")
        guard let sequence: Int = try row.checkedOptional("sequence") else {
            let genesis = EntryHash.genesis(
                identifier: identifier, createdNanoseconds: try row.checked("created_ns"))
            return JournalHead(journal: identifier, sequence: 0, hash: EntryHash.hex(genesis))
        }
        return JournalHead(journal: identifier, sequence: sequence, hash: try row.checked("hash"))
    }

    /// Writes one entry and what follows from it: the run's row and its open questions.
    static func insert(
        _ entry: JournalEntry, body: StoredBody, after head: JournalHead, into database: Database
    ) throws {
        let run = entry.run.description
        if entry.kind == .runStarted {
            try database.execute(
                sql: """
                    INSERT INTO run (id, workflow, directory, state, started_ns, started_sequence)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    run, entry.body["workflow"]?.stringValue ?? "",
                    entry.body["directory"]?.stringValue ?? "",
                    RunState.running.rawValue, entry.wallNanoseconds, entry.sequence,
                ])
        } else {
            let known = try database.cachedStatement(sql: "SELECT 1 FROM run WHERE id = ?")
            guard try Row.fetchOne(known, arguments: [run]) != nil else {
                throw JournalError(
                    .notFound, operation: "append to the journal", reason: "there is no run `\(run)`")
            }
        }
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO entry (sequence, run, step, kind, wall_ns, body, blob_hash, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insert.execute(arguments: [
            entry.sequence, run, entry.step, entry.kind.rawValue, entry.wallNanoseconds,
            body.isBlob ? nil : Data(body.bytes), body.isBlob ? Data(body.hash) : nil, entry.previousHash,
            entry.hash,
        ])
        if let change = RunStateChange(entry) {
            try database.execute(
                sql: "UPDATE run SET state = ?, exit_code = ? WHERE id = ?",
                arguments: [change.state.rawValue, change.exitCode, run])
        }
        try updateApprovals(entry, in: database)
    }

    private static func updateApprovals(_ entry: JournalEntry, in database: Database) throws {
        switch entry.kind {
        case .approvalRequested:
            try database.execute(
                sql: """
                    INSERT INTO approval (run, digest, step, requested_sequence) VALUES (?, ?, ?, ?)
                    ON CONFLICT (run, digest) DO UPDATE SET
                        requested_sequence = excluded.requested_sequence, recorded_sequence = NULL
                    """,
                arguments: [entry.run.description, entry.approvalDigest, entry.step, entry.sequence])
        case .approvalRecorded:
            try database.execute(
                sql: "UPDATE approval SET recorded_sequence = ? WHERE run = ? AND digest = ?",
                arguments: [entry.sequence, entry.run.description, entry.approvalDigest])
        default: break
        }
    }
}

extension JournalEntry {
    /// What ties an answer to its question: the body's `digest`, or the step where there is none.
    var approvalDigest: String { body["digest"]?.stringValue ?? "step:\(step)" }
}
