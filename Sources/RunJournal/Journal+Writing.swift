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
        let hash: Data = try row.checked("hash")
        return JournalHead(journal: identifier, sequence: sequence, hash: EntryHash.hex(hash))
    }

    /// Writes one entry and what follows from it: the run's row, its open questions and its effects.
    static func insert(_ entry: JournalEntry, body: StoredBody, into database: Database) throws {
        try insertRun(entry, in: database)
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO entry
                    (sequence, run, step, kind, subject, epoch, wall_ns, body, blob_hash, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let isInEntry = body.place == .entry
        try insert.execute(arguments: [
            entry.sequence, entry.run.description, entry.step, entry.kind.rawValue, entry.subject, entry.epoch,
            entry.wallNanoseconds, isInEntry ? Data(body.bytes) : nil, isInEntry ? nil : Data(body.hash),
            EntryHash.bytes(hex: entry.previousHash).map { Data($0) },
            EntryHash.bytes(hex: entry.hash).map { Data($0) },
        ])
        try JournalSchema.requireWritten("entry", in: database)
        if !isInEntry {
            let blob = try database.cachedStatement(
                sql: """
                    INSERT INTO blob (sequence, hash, salt, byte_count, class, place, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
            try blob.execute(arguments: [
                entry.sequence, Data(body.hash), Data(body.salt), body.bytes.count, body.bodyClass.rawValue,
                body.place.rawValue, body.place == .row ? Data(body.bytes) : nil,
            ])
            try JournalSchema.requireWritten("blob", in: database)
        }
        if let change = RunStateChange(entry) {
            try database.execute(
                sql: "UPDATE run SET state = ?, exit_code = ? WHERE id = ?",
                arguments: [change.state.rawValue, change.exitCode, entry.run.description])
            try JournalSchema.requireWritten("run", in: database)
        }
        if let held = entry.kind.holds {
            try database.execute(
                sql: "UPDATE run SET held = ? WHERE id = ?", arguments: [held ? 1 : 0, entry.run.description])
            try JournalSchema.requireWritten("run", in: database)
        }
        try updateApprovals(entry, in: database)
        try EffectChange(entry.kind, subject: entry.subject, body: entry.body)?.apply(entry, in: database)
    }

    private static func insertRun(_ entry: JournalEntry, in database: Database) throws {
        let run = entry.run.description
        guard entry.kind == .runStarted else {
            let known = try database.cachedStatement(sql: "SELECT 1 FROM run WHERE id = ?")
            guard try Row.fetchOne(known, arguments: [run]) != nil else {
                throw JournalError(
                    .notFound, operation: "append to the journal", reason: "there is no run `\(run)`")
            }
            return
        }
        try database.execute(
            sql: """
                INSERT INTO run (id, workflow, directory, state, started_ns, started_sequence)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run, entry.body["workflow"]?.stringValue ?? "", entry.body["directory"]?.stringValue ?? "",
                RunState.running.rawValue, entry.wallNanoseconds, entry.sequence,
            ])
        try JournalSchema.requireWritten("run", in: database)
    }

    private static func updateApprovals(_ entry: JournalEntry, in database: Database) throws {
        switch entry.kind {
        case .approvalRequested:
            try database.execute(
                sql: """
                    INSERT INTO approval (run, digest, step, requested_sequence) VALUES (?, ?, ?, ?)
                    ON CONFLICT (run, digest) DO UPDATE SET step = excluded.step,
                        requested_sequence = excluded.requested_sequence, recorded_sequence = NULL
                    """,
                arguments: [entry.run.description, entry.subject, entry.step, entry.sequence])
            try JournalSchema.requireWritten("approval", in: database)
        case .approvalRecorded:
            try database.execute(
                sql: "UPDATE approval SET recorded_sequence = ? WHERE run = ? AND digest = ?",
                arguments: [entry.sequence, entry.run.description, entry.subject])
        default: break
        }
    }
}

extension JournalEntryKind {
    /// Whether the entry puts its run under a legal hold or lifts it; nil for any other.
    var holds: Bool? {
        switch self {
        case .runHeld: true
        case .runReleased: false
        default: nil
        }
    }
}
