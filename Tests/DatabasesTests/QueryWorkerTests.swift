import Databases
import GRDB
import JSONSchemas
import TestSupport
import Testing

@Suite struct QueryWorkerTests {
    let folder: TemporaryFolder
    let worker: QueryWorker

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.path("user.sqlite")
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE orders(id INTEGER PRIMARY KEY, customer TEXT, total REAL, data BLOB);
                    INSERT INTO orders VALUES (1, 'ann', 10.5, x'00ff10'), (2, 'bob', 20, NULL), (3, 'ann', 5, NULL);
                    CREATE TABLE secrets(key TEXT);
                    INSERT INTO secrets VALUES ('hunter2');
                    CREATE VIEW spend AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;
                    CREATE VIEW leak AS SELECT key FROM secrets;
                    CREATE VIRTUAL TABLE notes USING fts5(body);
                    INSERT INTO notes VALUES ('hello');
                    """)
        }
        try queue.close()
        worker = QueryWorker(path: path)
    }

    private func query(_ statement: String, tables: [String]? = ["orders"]) throws(DatabaseToolError)
        -> QueryResult
    {
        try worker.query(QueryRequest(statement: statement, tables: tables))
    }

    private func code(_ statement: String, tables: [String]? = ["orders"]) -> DatabaseToolError.Code? {
        do throws(DatabaseToolError) {
            _ = try query(statement, tables: tables)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a listed table can be read with parameters`() throws {
        let result = try worker.query(
            QueryRequest(
                statement:
                    "SELECT id, customer, total, data FROM orders WHERE customer = ? AND total > ? ORDER BY id",
                parameters: ["ann", 7], tables: ["Orders"]))
        #expect(result.rows == [["id": 1, "customer": "ann", "total": 10.5, "data": "AP8Q"]])
        #expect(!result.truncated)
    }

    @Test(arguments: [
        "SELECT key FROM secrets", "SELECT count(*) FROM secrets", "SELECT 1 FROM secrets",
        "SELECT * FROM main.secrets",
        "SELECT (SELECT key FROM secrets)",
        "SELECT id FROM orders WHERE customer IN (SELECT key FROM secrets)",
        "SELECT id FROM orders UNION SELECT key FROM secrets",
        "WITH s AS (SELECT key FROM secrets) SELECT * FROM s",
        "WITH orders AS (SELECT key FROM secrets) SELECT * FROM orders",
        "SELECT orders.id FROM orders, secrets",
        "SELECT id FROM orders ORDER BY (SELECT max(key) FROM secrets)",
        "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM secrets)",
        "VALUES ((SELECT key FROM secrets))", "EXPLAIN SELECT key FROM secrets",
    ])
    func `no form of a query reaches a table that is not listed`(statement: String) throws {
        // Control arm: the same statement is fine when the table is listed.
        #expect(code(statement, tables: ["orders", "secrets"]) == nil)
        let error = #expect(throws: DatabaseToolError.self) { try query(statement) }
        #expect(error?.code == .denied)
        #expect(error?.description == "Can't run query: table `secrets` isn't allowed.")
    }

    @Test func `a view needs its own tables listed, whatever is called like it`() throws {
        #expect(
            try query("SELECT * FROM spend ORDER BY customer", tables: ["spend", "orders"]).rows.count == 2)
        #expect(code("SELECT * FROM spend", tables: ["spend"]) == .denied)
        #expect(code("SELECT * FROM leak", tables: ["leak", "orders"]) == .denied)
        // SQLite names the view or table expression that a read comes through; a name is no permission.
        #expect(
            code("WITH spend AS (SELECT key FROM secrets) SELECT * FROM spend", tables: ["spend", "orders"])
                == .denied)
    }

    @Test(arguments: [
        "INSERT INTO orders VALUES (9, 'x', 1, NULL)", "UPDATE orders SET total = 0", "DELETE FROM orders",
        "DROP TABLE orders",
        "CREATE TABLE x(a)", "CREATE TEMP TABLE x(a)", "CREATE TEMP VIEW x AS SELECT 1",
        "ATTACH ':memory:' AS other",
        "PRAGMA table_list", "PRAGMA query_only = OFF", "PRAGMA writable_schema = ON", "BEGIN", "COMMIT",
        "SAVEPOINT a", "VACUUM",
        "VACUUM INTO 'never.sqlite'", "ANALYZE", "REINDEX", "ALTER TABLE orders RENAME TO o",
        "INSERT INTO notes(notes) VALUES ('optimize')", "REPLACE INTO orders VALUES (1, 'x', 1, NULL)",
        "WITH x AS (SELECT 1) DELETE FROM orders", "DETACH main",
    ])
    func `only reading statements run`(statement: String) throws {
        #expect(code(statement, tables: ["orders", "notes"]) == .denied)
        #expect(try query("SELECT count(*) AS n, sum(total) AS t FROM orders").rows == [["n": 3, "t": 35.5]])
    }

    @Test(arguments: [
        "load_extension('x')", "random()", "randomblob(4)", "zeroblob(9)", "sqlite_version()",
        "sqlite_compileoption_get(1)",
        "fts3_tokenizer('simple')", "last_insert_rowid()", "changes()", "fts5_source_id()",
    ])
    func `functions off the list are denied by name`(call: String) throws {
        #expect(code("SELECT abs(-1)") == nil)
        let error = #expect(throws: DatabaseToolError.self) { try query("SELECT \(call)") }
        #expect(error?.code == .denied)
        #expect(
            error?.description == "Can't run query: function `\(call.prefix { $0 != "(" })` isn't allowed.")
    }

    @Test func `every listed function that this SQLite has can be called`() throws {
        let calls = [
            "json_extract('{\"a\":1}', '$.a')", "'{\"a\":1}' -> 'a'", "'{\"a\":1}' ->> 'a'",
            "group_concat(id)", "date('2024-01-01', '+1 day')",
            "strftime('%Y', '2024-01-01')", "upper('a')", "'a' LIKE 'A'", "'a' GLOB 'a'", "round(1.5)",
            "sqrt(4)", "printf('%d', 1)",
            "json_group_object(id, customer)", "iif(1, 2, 3)", "coalesce(NULL, 1)", "CURRENT_TIMESTAMP",
        ]
        for call in calls { #expect(code("SELECT \(call) FROM orders") == nil, "\(call)") }
    }

    @Test(arguments: [
        "pragma_table_list", "pragma_database_list", "sqlite_schema", "sqlite_master", "sqlite_temp_schema",
        "dbstat", "notes",
        "notes_data", "notes_content", "sqlite_stmt", "bytecode('SELECT 1')", "fts3tokenize", "temp.orders",
    ])
    func `catalogs and virtual tables are out of reach`(table: String) throws {
        for columns in ["*", "count(*)", "1"] {
            for tables in [["orders"], nil, [table]] {
                let result = code("SELECT \(columns) FROM \(table)", tables: tables)
                // A name that this SQLite doesn't know fails before anything is asked.
                #expect(result == .denied || result == .syntax, "\(columns) \(table)")
            }
        }
    }

    @Test func `two statements, none, or half of one are errors`() throws {
        #expect(code("SELECT 1;") == nil)
        for statement in [
            "SELECT 1; SELECT 2", "", "  ", "-- nothing", "SELECT", "SELECT nope FROM orders", "SELECT 1\0",
        ] {
            #expect(code(statement) == .syntax, "\(statement)")
        }
        #expect(code("SELECT 1; DROP TABLE orders") != nil)
        #expect(code("SELECT ?") == .syntax)
        #expect(try query("SELECT count(*) AS n FROM orders").rows == [["n": 3]])
    }

    @Test func `a statement that doesn't end is stopped`() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let request = QueryRequest(statement: endless, timeLimit: .milliseconds(50))
        let error = #expect(throws: DatabaseToolError.self) { try worker.query(request) }
        #expect(error?.code == .timeLimit)
        var short = request
        short.statement = endless.replacing("FROM n)", with: "FROM n WHERE i < 10)")
        short.timeLimit = .seconds(60)
        #expect(try worker.query(short).rows.count == 1)
    }

    @Test func `each limit cuts and says so`() throws {
        var request = QueryRequest(statement: "SELECT id FROM orders ORDER BY id", rowLimit: 3)
        #expect(try !worker.query(request).truncated)
        request.rowLimit = 2
        #expect(try worker.query(request).truncated)
        #expect(try worker.query(request).rows.count == 2)
        request = QueryRequest(statement: "SELECT 'ab\u{E9}d' AS t", valueByteLimit: 3)
        let cut = try worker.query(request)
        #expect(cut.rows == [["t": "ab"]] && cut.truncated)
        request.valueByteLimit = 5
        #expect(try worker.query(request) == query("SELECT 'abéd' AS t"))
        request = QueryRequest(statement: "SELECT '[1,2,3]' AS t_json", valueByteLimit: 5)
        #expect(try worker.query(request).rows == [["t": .null]])
        #expect(try worker.query(request).truncated)
        request = QueryRequest(statement: "SELECT customer FROM orders ORDER BY id", totalByteLimit: 6)
        #expect(try worker.query(request).rows.count == 2)
        #expect(try worker.query(request).truncated)
    }

    @Test func `cells that can't be JSON are errors, not guesses`() throws {
        for statement in [
            "SELECT 'x' AS a_json", "SELECT 'x' AS a_bool", "SELECT 9e999 AS a", "SELECT 1 AS a, 2 AS a",
            "SELECT 1 AS a, '2' AS a_json",
        ] {
            #expect(code(statement) == .invalid || code(statement) == .syntax, "\(statement)")
        }
        #expect(
            try query("SELECT '1' AS a_json, 2 AS b_bool, 1 AS _json").rows == [
                ["a": 1, "b": true, "_json": 1]
            ])
    }

    @Test func `a file that is missing or no database is one sentence`() throws {
        let missing = #expect(throws: DatabaseToolError.self) {
            try QueryWorker(path: folder.path("none.sqlite")).query(QueryRequest(statement: "SELECT 1"))
        }
        #expect(missing?.code == .notFound)
        #expect(!folder.contains("none.sqlite"))
        try folder.write(String(repeating: "not a database ", count: 100), to: "text.sqlite")
        let wrong = #expect(throws: DatabaseToolError.self) {
            try QueryWorker(path: folder.path("text.sqlite")).query(QueryRequest(statement: "SELECT 1"))
        }
        #expect(wrong?.code == .io)
        #expect(wrong?.description.hasSuffix("the file is not a SQLite database.") == true)
    }
}
