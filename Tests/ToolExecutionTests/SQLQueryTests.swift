import Databases
import Foundation
import GRDB
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// `sql.query` on a file of the user's, from the call to the sandbox and back.
@Suite struct SQLQueryTests {
    private let query: QueryBench
    private var folder: TemporaryFolder { query.bench.folder }

    init() throws { query = try QueryBench() }

    @Test func `a query reads the file's tables with its parameters and limits`() async throws {
        #expect(try await query.rows("SELECT a, word FROM t") == [["a": 1, "word": "mine"]])
        let value = try await query.bench.value(
            "sql.query",
            [
                "statement":
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i, ? AS b FROM n",
                "parameters": [2.5], "tables": ["t"], "row_limit": 3, "database": .string(query.path),
            ])
        #expect(value["columns"] == ["i", "b"])
        #expect(value["rows"] == [["i": 1, "b": 2.5], ["i": 2, "b": 2.5], ["i": 3, "b": 2.5]])
        #expect(value["truncated"] == true)
    }

    @Test func `the answer is the one that a worker in this process gives`() async throws {
        let worker = QueryWorker(path: query.path)
        for statement in [
            "SELECT 1 AS a, 1.0 AS b, 1e300 AS c, NULL AS d, 'x''\n' AS e, x'00ff' AS f, '[1]' AS g_json, 1 AS h_bool",
            "SELECT * FROM t WHERE 0", "SELECT * FROM none", "SELECT", "SELECT random()", "SELECT 1 AS a, 2 AS a",
            "DELETE FROM t", "SELECT 'x' AS a_json",
        ] {
            let arguments: JSONObject = ["statement": .string(statement), "database": .string(query.path)]
            do throws(DatabaseToolError) {
                let rows = try worker.query(QueryRequest(statement: statement)).rows
                let value = try? await query.bench.value("sql.query", arguments)
                #expect(value?["rows"]?.serialized() == JSONValue.array(rows.map { .object($0) }).serialized())
            } catch {
                #expect(try await query.failure(statement).message == error.description)
            }
        }
    }

    @Test func `writing is refused and changes nothing`() async throws {
        let before = try folder.bytes(of: "user.sqlite")
        for statement in ["DELETE FROM t", "DROP TABLE t", "PRAGMA journal_mode = WAL", "VACUUM INTO '/tmp/x'"] {
            let failure = try await query.failure(statement)
            #expect(failure.code == "refused", "\(statement)")
        }
        #expect(try folder.bytes(of: "user.sqlite") == before)
        // The control arm: without the rules the same statement does write.
        try await DatabaseQueue(path: query.path).write { try $0.execute(sql: "DELETE FROM t") }
        #expect(try folder.bytes(of: "user.sqlite") != before)
    }

    @Test func `no statement reaches another file`() async throws {
        let other = folder.path("other.sqlite")
        try QueryBench.makeDatabase(at: other, holding: "theirs")
        let attach = "ATTACH '\(other)' AS other"
        // The control arm: without the rules SQLite reads it.
        let word = try DatabaseQueue(path: query.path).inDatabase { database in
            try database.execute(sql: attach)
            return try String.fetchOne(database, sql: "SELECT word FROM other.t")
        }
        #expect(word == "theirs")
        #expect(try await query.failure(attach).code == "refused")
        for call in ["readfile('/etc/passwd')", "load_extension('x')", "writefile('/tmp/x', 'x')", "edit('x')"] {
            let failure = try await query.failure("SELECT \(call) AS a")
            // Functions that only SQLite's own shell has are unknown here, before anything is asked.
            #expect(failure.code == "refused" || failure.message.contains("no such function"), "\(call)")
        }
        for table in ["fsdir('/etc')", "other.t", "pragma_database_list"] {
            let failure = try await query.failure("SELECT * FROM \(table)")
            #expect(failure.code == "refused" || failure.message.contains("no such table"), "\(table)")
        }
    }

    @Test func `a file that is missing, a folder, or no database is one sentence`() async throws {
        let none = try await query.failure("SELECT 1", of: folder.path("none.sqlite"))
        #expect(none.code == "bad_argument")
        #expect(none.message == "Can't open database `none.sqlite`: the file does not exist.")
        #expect(!folder.contains("none.sqlite"))
        try folder.write(String(repeating: "not a database ", count: 100), to: "text.sqlite")
        let text = try await query.failure("SELECT 1", of: folder.path("text.sqlite"))
        #expect(text.message == "Can't open database `text.sqlite`: the file is not a SQLite database.")
        let directory = try await query.failure("SELECT 1", of: folder.path)
        #expect(directory.message.hasSuffix("it is not a file."))
    }

    @Test func `a damaged file is an error and not a crash`() async throws {
        try QueryBench.makeDatabase(
            at: folder.path("large.sqlite"), holding: "x",
            sql: """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                INSERT INTO t SELECT i, hex(i * 7919) || 'padding of this row' FROM n
                """)
        let statement = "SELECT count(*) AS n, sum(length(word)) AS length FROM t"
        let large = folder.path("large.sqlite")
        #expect(try await query.rows(statement, of: large)[0]?["n"] == 2001)
        var bytes = try folder.bytes(of: "large.sqlite")
        for index in stride(from: 4096, to: bytes.count, by: 37) { bytes[index] ^= 0xFF }
        try folder.write(bytes: bytes, to: "damaged.sqlite")
        let failure = try await query.failure(statement, of: folder.path("damaged.sqlite"))
        #expect(failure.code == "bad_argument")
        #expect(failure.message == "Can't run query: the database file is damaged.")
    }

    @Test func `a statement that burns time ends by the query's limit`() async throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let failure = try await query.failure(endless)
        #expect(failure.code == "bad_argument")
        #expect(failure.message == "Can't run query: it ran for longer than the limit of 5.0 seconds.")
    }

    @Test func `a link to a database is followed, and one beside it isn't`() async throws {
        let manager = FileManager.default
        let link = folder.path("link.sqlite")
        try manager.createSymbolicLink(atPath: link, withDestinationPath: query.path)
        #expect(try await query.rows("SELECT word FROM t", of: link) == [["word": "mine"]])
        // The control arm: a path that may not be shown is refused, so one of a link's would be too.
        let secret = "/proc/version"
        #expect(try await query.failure("SELECT 1", of: secret).message.contains("is never shown"))
        try manager.createSymbolicLink(atPath: query.path + "-wal", withDestinationPath: secret)
        #expect(try await query.rows("SELECT word FROM t") == [["word": "mine"]])
    }

    /// Not in `/tmp`, of which the sandbox has its own, where SQLite can make files.
    @Test func `a database in WAL mode is read where nothing can be written`() async throws {
        let path = "/var/tmp/warrant-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = path + "/wal.sqlite"
        let writer = try DatabaseQueue(path: file)
        try writer.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (7)")
        }
        #expect(FileManager.default.fileExists(atPath: file + "-shm"))
        let statement = "SELECT a FROM t"
        #expect(try await query.rows(statement, of: file) == [["a": 7]])
        let copy = path + "/copy.sqlite"
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: file + suffix, toPath: copy + suffix) }
        let failure = try await query.failure(statement, of: copy)
        #expect(failure.message.contains("it is in WAL mode") && failure.message.contains("`-shm`"))
        try writer.close()
        #expect(!FileManager.default.fileExists(atPath: file + "-wal"))
        #expect(try await query.rows(statement, of: file) == [["a": 7]])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
                "copy.sqlite", "copy.sqlite-wal", "wal.sqlite",
            ])
    }
}
