internal import Foundation
internal import GRDB
public import JSONSchemas

/// The tables of one run: a workflow writes rows into them and shapes them with its own SQL.
///
/// | JSON | stored as |
/// | --- | --- |
/// | null or absent | null |
/// | true, false | 1, 0 |
/// | number, string | the same |
/// | array, object | compact JSON text, ready for `json_each` |
///
/// `rowid` counts the rows from 1 in the order they were written. Queries run on a second, read-only
/// connection under the rules of
/// `QueryRequest`. Every call blocks its thread until SQLite is done.
public final class RunTables: Sendable {
    private let writer: DatabaseQueue
    private let reader: GuardedConnection

    /// Opens the database file at `path`, making it when it isn't there; the folder has to exist.
    public convenience init(path: String) throws(DatabaseToolError) {
        try self.init(path: path, pageLimit: nil)
    }

    /// Opens the database with a limit on its size, in pages of 4096 bytes.
    package init(path: String, pageLimit: Int?) throws(DatabaseToolError) {
        let operation = "open database `\(URL(fileURLWithPath: path).lastPathComponent)`"
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        writer = try reportingErrors(during: operation) { () throws in
            PrivateFile.reserve(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            // A file in WAL mode that was never written has no header yet and can't be opened for reading.
            try queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS run__indexes(name TEXT PRIMARY KEY, columns TEXT NOT NULL)
                        """)
                if let pageLimit { try database.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
            }
            return queue
        }
        reader = try GuardedConnection(path: path)
    }

    /// Replaces the whole of `table` by `rows`, in one transaction; on an error the old rows stay.
    ///
    /// - Parameters:
    ///   - table: Letters, digits and single underscores, a letter first.
    ///   - rows: The new rows. The table's columns are `columns`, then all keys in the order they are first
    ///     seen.
    ///   - index: Columns that `search(table:text:limit:)` looks in.
    ///   - columns: Columns that exist whether or not a row has them, so that SQL for an empty list stays
    ///     valid.
    /// - Throws: `DatabaseToolError`: `.invalid` for a name that can't be used, `.diskFull`, `.io`.
    public func replace(
        table: String, rows: [JSONObject], index: [String] = [], columns: [String] = []
    ) throws(DatabaseToolError) {
        try SQLName.checkTable(table)
        let names = Self.columnNames(of: rows, startingWith: columns + index)
        try SQLName.checkColumns(names, of: table)
        let operation = "write table `\(table)`"
        try reportingErrors(during: operation) { () throws in
            try writer.write { database in
                let quotedTable = SQLName.quoted(table)
                // SQLite can't have a table without columns.
                let columnList = (names.isEmpty ? ["_"] : names).map(SQLName.quoted).joined(separator: ", ")
                try database.execute(sql: "DROP TABLE IF EXISTS \(quotedTable)")
                try database.execute(sql: "CREATE TABLE \(quotedTable)(\(columnList))")
                try Self.dropIndex(of: table, in: database)
                let searchTables = try Self.makeIndex(of: table, columns: index, in: database)
                let places = Array(repeating: "?", count: max(1, names.count)).joined(separator: ", ")
                let statement = try database.makeStatement(
                    sql: "INSERT INTO \(quotedTable) VALUES (\(places))")
                for (offset, row) in rows.enumerated() {
                    let values = names.map { DatabaseValue(storing: row[$0] ?? .null) }
                    try statement.execute(arguments: StatementArguments(names.isEmpty ? [.null] : values))
                    let texts = index.map { Self.searchText(row[$0] ?? .null) }
                    try searchTables?.insert(texts, row: Int64(offset + 1), in: database)
                }
            }
        }
    }

    /// Runs one query on the tables written so far.
    public func query(_ request: QueryRequest) throws(DatabaseToolError) -> QueryResult {
        var request = request
        if request.tables == nil { request.tables = try tableNames() }
        return try reader.run(request)
    }

    /// The rows of `table` that fit `text` best in its indexed columns, best first.
    ///
    /// Each row has every column of the table, in the shapes of `QueryResult`, and `_score`, `_bm25` and `_row` (the
    /// row's number) beside them. `upTo`: only the rows up to this number; what makes a word rare is counted over all.
    public func search(
        table: String, text: String, limit: Int, upTo last: Int? = nil
    ) throws(DatabaseToolError) -> [JSONObject] {
        let operation = "search table `\(SQLName.printable(table))`"
        let hits = try reader.read(during: operation) { database in
            let stored = try String.fetchOne(
                database, sql: "SELECT columns FROM run__indexes WHERE name = ?",
                arguments: [SQLName.asciiLowercased(table)])
            guard let stored, let columnCount = Int(stored) else {
                throw DatabaseToolError(.notFound, operation, "it has no `index` columns or does not exist")
            }
            let pair = FullTextPair(name: SQLName.asciiLowercased(table), columnCount: columnCount)
            guard let last else { return try pair.search(SearchTerms(text), limit: limit, in: database) }
            return try pair.search(
                SearchTerms(text), limit: limit, filter: "rowid <= ?", arguments: [last], in: database)
        }
        let numbers = hits.map { JSONValue.integer(Int($0.row)) }
        let request = QueryRequest(
            statement: """
                SELECT rows.rowid AS _row, rows.* FROM json_each(?) AS hits
                JOIN \(SQLName.quoted(table)) AS rows ON rows.rowid = hits.value ORDER BY hits.key
                """,
            parameters: [.array(numbers)], tables: [table], rowLimit: max(0, limit))
        return zip(try reader.run(request).rows, hits).map { row, hit in
            var row = row
            row["_score"] = .number(hit.score)
            row["_bm25"] = .number(hit.bm25)
            return row
        }
    }

    /// The names of the tables written so far, sorted.
    public func tableNames() throws(DatabaseToolError) -> [String] {
        try reader.read(during: "list tables") { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_schema WHERE type = 'table' AND instr(name, '__') = 0
                    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
                    """)
        }
    }

    /// The given names, then all keys of the rows in first-seen order, each once.
    private static func columnNames(of rows: [JSONObject], startingWith first: [String]) -> [String] {
        var seen: Set<String> = []
        var names: [String] = []
        for name in first where seen.insert(name).inserted { names.append(name) }
        for row in rows {
            for key in row.keys where seen.insert(key).inserted { names.append(key) }
        }
        return names
    }

    private static func dropIndex(of table: String, in database: Database) throws {
        let name = SQLName.asciiLowercased(table)
        try FullTextPair(name: name, columnCount: 0).drop(in: database)
        try database.execute(sql: "DELETE FROM run__indexes WHERE name = ?", arguments: [name])
    }

    private static func makeIndex(
        of table: String, columns: [String], in database: Database
    ) throws -> FullTextPair? {
        guard !columns.isEmpty else { return nil }
        let name = SQLName.asciiLowercased(table)
        let pair = FullTextPair(name: name, columnCount: columns.count)
        try pair.create(in: database)
        try database.execute(
            sql: "INSERT INTO run__indexes(name, columns) VALUES (?, ?)",
            arguments: [name, String(columns.count)])
        return pair
    }

    /// What a value contributes to the search tables.
    private static func searchText(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        default: value.serialized(.compact)
        }
    }
}
