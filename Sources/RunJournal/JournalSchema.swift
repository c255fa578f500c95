import Foundation
import GRDB
import GRDBSQLite

/// The database's tables, and how a connection is set up.
enum JournalSchema {
    /// "WRNT": tells a journal from any other SQLite file.
    static let applicationID = 0x5752_4E54
    static let formatVersion = 2

    static func configuration(_ options: JournalOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        // Not `journalMode = .wal`: GRDB then sets synchronous NORMAL, under which the last commits may vanish
        // in a power cut, and writes to the file at every opening.
        configuration.prepareDatabase { database in
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            guard mode == "wal" else {
                throw JournalError(
                    .io, operation: "open the journal",
                    reason: "its file system does not support a write-ahead log")
            }
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            // What pruning removes is to be gone from the file, and not only from the tables.
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // A checkpoint before the prepared part of the log is used up lets the next commit start over in it.
            let pages = max(options.preparedLogByteCount / 4096 * 9 / 10, 1000)
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(pages)")
            try database.execute(
                sql: "PRAGMA journal_size_limit = \(max(options.preparedLogByteCount * 4, 1 << 22))")
            if let limit = options.pageLimit {
                try database.execute(sql: "PRAGMA max_page_count = \(limit)")
            }
        }
        return configuration
    }

    /// How a journal is opened where this process may not write, and under which name.
    ///
    /// Reading a database with a write-ahead log writes to the shared memory beside it. Where the log is empty nobody is
    /// writing, and SQLite can be told that the file won't change.
    static func readOnly(_ path: String, _ options: JournalOptions) -> (path: String, configuration: Configuration) {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.readonly = true
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        let logSize = (try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int) ?? 0
        // SAFETY: the string lives for the call.
        guard logSize == 0, unsafe sqlite3_compileoption_used("USE_URI") != 0,
            let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
        else { return (path, configuration) }
        return ("file:\(escaped)?immutable=1", configuration)
    }

    /// Checks that the tables are ours; creates them where there are none, unless `refusal` says why not. Called under the
    /// opening lock.
    static func migrate(_ database: Database, options: JournalOptions, refusal: JournalError?) throws {
        guard try !isCurrent(database) else { return }
        if let refusal { throw refusal }
        try database.inTransaction(.immediate) {
            try database.execute(sql: tables)
            try database.execute(
                sql: "INSERT INTO journal (one, identifier, created_ns) VALUES (1, ?, ?)",
                arguments: [UUID().uuidString.lowercased(), options.now()])
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(formatVersion)")
            return .commit
        }
    }

    /// Whether the tables are there; throws where they are others.
    static func isCurrent(_ database: Database) throws -> Bool {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID, version == formatVersion {
            if let strange = try strangeness(database) {
                throw JournalError(
                    .corrupt, operation: "open the journal", reason: strange,
                    fix: "Something may have been kept off the record. Put a backup in its place, or move it away.")
            }
            return true
        }
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard application == 0, version == 0, isEmpty else {
            let isOurs = application == applicationID
            throw JournalError(
                .wrongFormat, operation: "open the journal",
                reason: isOurs
                    ? "its format is \(version) and this program knows format \(formatVersion)"
                    : "the file is another program's database",
                fix: isOurs && version > formatVersion
                    ? "Use the program that wrote it, or a newer one."
                    : "Move it away with what lies beside it to start a new one, or set `WARRANT_HOME`.")
        }
        return false
    }

    /// How the database's tables, indexes, triggers and views differ from those of ``tables``, as half a sentence; nil
    /// where they don't. A trigger can keep entries from being written, and what is written would verify all the same.
    static func strangeness(_ database: Database) throws -> String? {
        let expected = try expectedParts.get()
        let found = try parts(database)
        if let part = found.first(where: { !expected.contains($0) }) {
            return "its \(part.type) `\(part.name)` is not what this program makes"
        }
        if let part = expected.first(where: { !found.contains($0) }) {
            return "its \(part.type) `\(part.name)` is gone"
        }
        return found.count == expected.count ? nil : "one of its tables is there twice"
    }

    /// One row of a database's schema, without where its pages are.
    private struct Part: Hashable {
        let type: String
        let name: String
        let table: String
        let sql: String?
    }

    /// What ``tables`` makes by this SQLite.
    private static let expectedParts = Result<[Part], any Error> {
        try DatabaseQueue().write { database in
            try database.execute(sql: tables)
            return try parts(database)
        }
    }

    private static func parts(_ database: Database) throws -> [Part] {
        let rows = try Row.fetchCursor(database, sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema")
        var parts: [Part] = []
        while let row = try rows.next() {
            parts.append(
                Part(
                    type: try row.checked(at: 0), name: try row.checked(at: 1), table: try row.checked(at: 2),
                    sql: try row.checkedOptional(at: 3)))
        }
        return parts
    }

    /// Throws unless the statement before wrote its row. A trigger may swallow one without a word.
    static func requireWritten(_ table: String, in database: Database) throws {
        guard database.changesCount == 1 else { throw unwritten(table) }
    }

    static func unwritten(_ table: String) -> JournalError {
        JournalError(
            .corrupt, operation: "append to the journal",
            reason: "the table `\(table)` did not take its row, so something strange is in the database",
            fix: "`warrant verify` says more.")
    }

    private static let tables = """
        CREATE TABLE journal (
            one INTEGER PRIMARY KEY CHECK (one = 1), identifier TEXT NOT NULL, created_ns INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE run (
            id TEXT PRIMARY KEY, workflow TEXT NOT NULL, directory TEXT NOT NULL, state TEXT NOT NULL,
            exit_code INTEGER, held INTEGER NOT NULL DEFAULT 0,
            started_ns INTEGER NOT NULL, started_sequence INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run (id), step TEXT NOT NULL,
            kind TEXT NOT NULL, subject TEXT NOT NULL, epoch INTEGER NOT NULL, wall_ns INTEGER NOT NULL,
            body BLOB, blob_hash BLOB, previous_hash BLOB NOT NULL, hash BLOB NOT NULL,
            CHECK ((body IS NULL) <> (blob_hash IS NULL))
        ) STRICT;
        CREATE INDEX entry_by_run ON entry (run, sequence);
        CREATE TABLE approval (
            run TEXT NOT NULL REFERENCES run (id), digest TEXT NOT NULL, step TEXT NOT NULL,
            requested_sequence INTEGER NOT NULL, recorded_sequence INTEGER,
            PRIMARY KEY (run, digest)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE effect (
            effect_id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES run (id), step TEXT NOT NULL,
            class TEXT NOT NULL, intent_sequence INTEGER NOT NULL, outcome_sequence INTEGER, state TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX effect_by_run ON effect (run, intent_sequence);
        CREATE TABLE blob (
            sequence INTEGER PRIMARY KEY REFERENCES entry (sequence), hash BLOB NOT NULL, salt BLOB,
            byte_count INTEGER NOT NULL, class TEXT NOT NULL, place TEXT NOT NULL, bytes BLOB, erased_sequence INTEGER,
            CHECK ((salt IS NULL) = (erased_sequence IS NOT NULL)),
            CHECK ((bytes IS NOT NULL) = (place = 'row' AND erased_sequence IS NULL))
        ) STRICT;
        CREATE INDEX blob_by_class ON blob (class, sequence) WHERE erased_sequence IS NULL AND class <> 'record';
        CREATE TABLE checkpoint (sequence INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
        CREATE TABLE writer (run TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """
}
