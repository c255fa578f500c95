internal import Foundation
internal import GRDB
public import JSONSchemas

/// Tables that outlive a run: rows are added and never changed, each effect's rows once.
///
/// An effect's identifier is written to a ledger in the same file and in the same transaction as its rows (the
/// transactional outbox turned round: what DBOS calls a transactional step). So after a crash the ledger tells for sure
/// whether the rows are there. Values are stored as ``RunTables`` stores them. Rows are durable when
/// ``add(_:to:columns:effect:)`` returns (WAL, synchronous FULL). Several processes may use one file.
public final class RecordTables: Sendable {
    private let queue: DatabaseQueue

    /// Opens the file at `path`, making it when it isn't there; the folder has to exist.
    public init(path: String) throws(DatabaseToolError) {
        let operation = "open records `\(URL(fileURLWithPath: path).lastPathComponent)`"
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        queue = try reportingErrors(during: operation) { () throws in
            PrivateFile.reserve(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            // GRDB sets NORMAL with WAL, which may lose the last commits when power fails: the rows and the ledger
            // would go together, and the run's journal would still say that they were added.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS record__effects(
                            effect TEXT PRIMARY KEY, added_to TEXT NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID
                        """)
            }
            return queue
        }
    }

    /// Adds `rows` to `table` unless this effect has added its rows already.
    ///
    /// - Parameters:
    ///   - rows: The rows. A column that the table doesn't have yet is added to it; older rows have null there.
    ///   - table: Letters, digits and single underscores, a letter first.
    ///   - columns: Columns that exist whether or not a row has them.
    ///   - effect: Identifies the effect.
    /// - Returns: How many rows it added, then or now.
    /// - Throws: `DatabaseToolError`: `.invalid` for a name that can't be used, `.diskFull`, `.io`. Nothing is added then.
    public func add(
        _ rows: [JSONObject], to table: String, columns: [String] = [], effect: String
    ) throws(DatabaseToolError) -> Int {
        try SQLName.checkTable(table)
        var seen: Set<String> = []
        let names = (columns + rows.flatMap(\.keys)).filter { seen.insert($0).inserted }
        try SQLName.checkColumns(names, of: table)
        return try reportingErrors(during: "add to table `\(table)`") { () throws in
            // `write` begins an immediate transaction: ledger and rows are of one state.
            try queue.write { database in
                if let known = try Self.count(addedBy: effect, in: database) { return known }
                try Self.prepare(table, columns: names, in: database)
                let quoted = names.map(SQLName.quoted)
                let statement = try database.makeStatement(
                    sql: names.isEmpty
                        ? "INSERT INTO \(SQLName.quoted(table)) DEFAULT VALUES"
                        : "INSERT INTO \(SQLName.quoted(table))(\(quoted.joined(separator: ", "))) VALUES ("
                            + Array(repeating: "?", count: names.count).joined(separator: ", ") + ")")
                for row in rows {
                    try statement.execute(
                        arguments: StatementArguments(names.map { DatabaseValue(storing: row[$0] ?? .null) }))
                }
                try database.execute(
                    sql: "INSERT INTO record__effects(effect, added_to, count) VALUES (?, ?, ?)",
                    arguments: [effect, table, rows.count])
                return rows.count
            }
        }
    }

    /// How many rows this effect added; nil when it surely added none.
    public func count(addedBy effect: String) throws(DatabaseToolError) -> Int? {
        try reportingErrors(during: "read records") { () throws in
            try queue.read { try Self.count(addedBy: effect, in: $0) }
        }
    }

    /// All rows of `table` in the order they were added, as they are stored: numbers, texts and null.
    public func rows(of table: String) throws(DatabaseToolError) -> [JSONObject] {
        try SQLName.checkTable(table)
        return try reportingErrors(during: "read table `\(table)`") { () throws in
            try queue.read { database in
                guard try database.tableExists(table) else { return [] }
                let rows = try Row.fetchAll(
                    database, sql: "SELECT * FROM \(SQLName.quoted(table)) ORDER BY rowid")
                return rows.map { row in JSONObject(row.map { ($0, Self.value($1)) }) }
            }
        }
    }

    private static func prepare(_ table: String, columns: [String], in database: Database) throws {
        let quoted = SQLName.quoted(table)
        guard try database.tableExists(table) else {
            // SQLite can't have a table without columns.
            let list = (columns.isEmpty ? ["_"] : columns).map(SQLName.quoted).joined(separator: ", ")
            return try database.execute(sql: "CREATE TABLE \(quoted)(\(list))")
        }
        let known = Set(try database.columns(in: table).map { SQLName.asciiLowercased($0.name) })
        for column in columns where !known.contains(SQLName.asciiLowercased(column)) {
            try database.execute(sql: "ALTER TABLE \(quoted) ADD COLUMN \(SQLName.quoted(column))")
        }
    }

    private static func value(_ stored: DatabaseValue) -> JSONValue {
        switch stored.storage {
        case .null, .blob: .null  // No row has a blob: JSON knows none.
        case .int64(let number): .integer(Int(number))
        case .double(let number): .number(number)
        case .string(let text): .string(text)
        }
    }

    private static func count(addedBy effect: String, in database: Database) throws -> Int? {
        try Int.fetchOne(database, sql: "SELECT count FROM record__effects WHERE effect = ?", arguments: [effect])
    }
}
