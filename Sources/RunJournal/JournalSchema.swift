import Foundation
import GRDB

/// The database's tables, and how a connection is set up.
enum JournalSchema {
    /// "WRNT": tells a journal from any other SQLite file.
    static let applicationID = 0x5752_4E54
    static let formatVersion = 1

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

    /// Creates the tables, or checks that they are ours. Called under the opening lock.
    static func migrate(_ database: Database, options: JournalOptions) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID, version == formatVersion { return }
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard application == 0, version == 0, isEmpty else {
            throw JournalError(
                .wrongFormat, operation: "open the journal",
                reason: application == applicationID
                    ? "its format is \(version) and this program knows format \(formatVersion)"
                    : "the file is another program's database")
        }
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

    private static let tables = """
        CREATE TABLE journal (
            one INTEGER PRIMARY KEY CHECK (one = 1), identifier TEXT NOT NULL, created_ns INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE run (
            id TEXT PRIMARY KEY, workflow TEXT NOT NULL, directory TEXT NOT NULL, state TEXT NOT NULL,
            exit_code INTEGER, started_ns INTEGER NOT NULL, started_sequence INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run (id), step TEXT NOT NULL,
            kind TEXT NOT NULL, wall_ns INTEGER NOT NULL, body BLOB, blob_hash BLOB,
            previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
            CHECK ((body IS NULL) <> (blob_hash IS NULL))
        ) STRICT;
        CREATE INDEX entry_by_run ON entry (run, sequence);
        CREATE TABLE approval (
            run TEXT NOT NULL REFERENCES run (id), digest TEXT NOT NULL, step TEXT NOT NULL,
            requested_sequence INTEGER NOT NULL, recorded_sequence INTEGER,
            PRIMARY KEY (run, digest)
        ) STRICT, WITHOUT ROWID;
        """
}
