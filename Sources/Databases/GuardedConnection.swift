internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import JSONSchemas

/// A read-only connection on which every statement from outside runs under a `QueryGuard`.
final class GuardedConnection: Sendable {
    private let queue: DatabaseQueue

    /// Memory for one text or value, and for the text of one statement.
    private static let valueByteCeiling: Int32 = 64 << 20
    private static let statementByteLimit = 100_000

    /// Opens `path`, which has to exist, for reading; `location` is what SQLite is given, where that is another text.
    init(path: String, location: String? = nil) throws(DatabaseToolError) {
        let operation = "open database `\(URL(fileURLWithPath: path).lastPathComponent)`"
        guard FileManager.default.fileExists(atPath: path) else {
            throw DatabaseToolError(.notFound, operation, "the file does not exist")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw DatabaseToolError(.io, operation, "this user may not read the file")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // sqlite.org/security.html: what to set before a file or statement from outside is trusted with
            // anything.
            try database.execute(
                sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
            // The handle is valid inside this closure, which GRDB runs on the connection's own queue.
            let handle = unsafe database.sqliteConnection
            for (limit, value) in Self.limits {
                unsafe sqlite3_limit(handle, limit, value)
            }
        }
        queue = try reportingErrors(during: operation) { () throws in
            try DatabaseQueue(path: location ?? path, configuration: configuration)
        }
    }

    private static let limits: [(Int32, Int32)] = [
        (SQLITE_LIMIT_LENGTH, valueByteCeiling), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_EXPR_DEPTH, 200),
        (SQLITE_LIMIT_COMPOUND_SELECT, 50), (SQLITE_LIMIT_VDBE_OP, 250_000),
        (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
        (SQLITE_LIMIT_TRIGGER_DEPTH, 10), (SQLITE_LIMIT_WORKER_THREADS, 0),
    ]

    /// Runs one request.
    func run(_ request: QueryRequest) throws(DatabaseToolError) -> QueryResult {
        let operation = "run query"
        guard request.statement.utf8.count <= Self.statementByteLimit else {
            throw DatabaseToolError(
                .sizeLimit, operation,
                "the statement has \(request.statement.utf8.count) bytes, the limit is \(Self.statementByteLimit)"
            )
        }
        guard !request.statement.utf8.contains(0) else {
            throw DatabaseToolError(.syntax, operation, "the statement holds a zero byte")
        }
        return try reportingErrors(during: operation) { () throws in
            try queue.unsafeRead { database in
                let permissions = try Self.permissions(for: request.tables, in: database)
                var queryGuard = QueryGuard(permissions: permissions, timeLimit: request.timeLimit)
                do {
                    return try queryGuard.watch(database) {
                        let statement = try database.makeStatement(sql: request.statement)
                        return try QueryRowReader(request: request, operation: operation).read(statement)
                    }
                } catch {
                    if let denial = queryGuard.denial { throw DatabaseToolError(.denied, operation, denial) }
                    if queryGuard.isPastDeadline {
                        throw DatabaseToolError(
                            .timeLimit, operation, "it ran for longer than the limit of \(request.timeLimit)")
                    }
                    throw error
                }
            }
        }
    }

    /// Runs statements of our own under the same read-only connection.
    func read<Value>(
        during operation: String, _ body: (Database) throws -> Value
    ) throws(DatabaseToolError) -> Value {
        try reportingErrors(during: operation) { () throws in try queue.read(body) }
    }

    /// The permissions for a request's list of tables; no list means every ordinary table and view.
    private static func permissions(for tables: [String]?, in database: Database) throws -> QueryPermissions {
        // Their first use on a connection declares their columns with an internal `CREATE TABLE`, which a
        // guard would refuse.
        for function in QueryPermissions.tableFunctions.sorted() {
            try database.execute(sql: "SELECT count(*) FROM \(function)('[]')")
        }
        var definedNames: Set<String> = []
        var ordinaryNames: Set<String> = []
        let rows = try Row.fetchAll(
            database, sql: "SELECT name, type FROM pragma_table_list WHERE schema = 'main'")
        for row in rows {
            let name = SQLName.asciiLowercased(row["name"])
            definedNames.insert(name)
            // Left out: virtual tables, whose modules run code of their own, and their shadow tables.
            let isOrdinary = ["table", "view"].contains(row["type"] as String) && !name.hasPrefix("sqlite_")
            if isOrdinary { ordinaryNames.insert(name) }
        }
        let modules = try String.fetchAll(database, sql: "SELECT name FROM pragma_module_list")
        definedNames.formUnion(modules.map(SQLName.asciiLowercased))
        guard let tables else { return QueryPermissions(tables: ordinaryNames, definedNames: definedNames) }
        let listed = Set(tables.map(SQLName.asciiLowercased)).intersection(ordinaryNames)
        return QueryPermissions(tables: listed, definedNames: definedNames)
    }
}
