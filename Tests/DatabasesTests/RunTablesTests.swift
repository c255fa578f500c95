import Databases
import Foundation
import JSONSchemas
import TestSupport
import Testing

@Suite struct RunTablesTests {
    let folder: TemporaryFolder
    let tables: RunTables

    init() throws {
        folder = try TemporaryFolder()
        tables = try RunTables(path: folder.path("run.sqlite"))
    }

    private func query(_ statement: String, _ parameters: [JSONValue] = []) throws -> QueryResult {
        try tables.query(QueryRequest(statement: statement, parameters: parameters))
    }

    @Test func `rows come back as they were written, in their order`() throws {
        let rows: [JSONObject] = [
            ["id": 1, "name": "b", "part": nil], ["id": 2, "name": "a", "extra": 2.5],
            ["id": 3, "name": "é\u{1F600}"],
        ]
        try tables.replace(table: "items", rows: rows)
        let result = try query("SELECT * FROM items ORDER BY rowid")
        #expect(result.columns == ["id", "name", "part", "extra"])
        #expect(!result.truncated)
        for (row, written) in zip(result.rows, rows) {
            for column in result.columns { #expect(row[column] == written[column] ?? .null) }
        }
        #expect(result.rows.count == 3)
    }

    @Test func `nested values are JSON text, and a column ending in _json is parsed again`() throws {
        let nested: JSONValue = ["list": [1, nil, ["a": true]]]
        try tables.replace(table: "t", rows: [["nested": nested, "flag": true, "other": false]])
        let plain = try query("SELECT nested, flag, other FROM t").rows[0]
        #expect(plain["nested"]?.stringValue == nested.serialized())
        #expect(plain["flag"] == 1 && plain["other"] == 0)
        let shaped = try query(
            "SELECT nested AS nested_json, flag AS flag_bool, other = 0 AS other_bool, NULL AS none_bool FROM t"
        ).rows[0]
        #expect(shaped["nested"] == nested)
        #expect(shaped["flag"] == true && shaped["other"] == true && shaped["none"] == .null)
        #expect(shaped["nested_json"] == nil)
    }

    @Test func `workflow SQL groups, ranks and builds JSON`() throws {
        try tables.replace(
            table: "cases",
            rows: [
                ["id": "a", "requirement": 1, "tags": ["x", "y"]],
                ["id": "b", "requirement": 1, "tags": ["y"]],
                ["id": "c", "requirement": 2, "tags": []],
            ])
        let grouped = try query(
            """
            SELECT requirement, count(*) AS n, json_group_array(json_object('id', id, 'tags', json(tags))) AS cases_json
            FROM cases GROUP BY requirement ORDER BY requirement
            """)
        #expect(grouped.rows[0]["cases"] == [["id": "a", "tags": ["x", "y"]], ["id": "b", "tags": ["y"]]])
        #expect(grouped.rows[1]["n"] == 1)
        let ranked = try query(
            """
            SELECT id, row_number() OVER (PARTITION BY requirement ORDER BY id DESC) AS place, sum(1) OVER () AS whole
            FROM cases ORDER BY id
            """)
        #expect(ranked.rows.map { $0["place"] } == [2, 1, 1])
        #expect(ranked.rows.map { $0["whole"] } == [3, 3, 3])
        let tagged = try query(
            "SELECT cases.id, tag.value AS tag FROM cases, json_each(cases.tags) AS tag WHERE cases.id IN (SELECT value FROM json_each(?))",
            [["a", "c"]])
        #expect(tagged.rows.map { $0["tag"] } == ["x", "y"])
        let counted = try query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5), unused AS (SELECT id FROM cases) "
                + "SELECT (SELECT count(*) FROM n) AS n, (SELECT count(*) FROM unused) AS m")
        #expect(counted.rows == [["n": 5, "m": 3]])
    }

    @Test func `replacing drops old rows, old columns and the old index`() throws {
        try tables.replace(table: "t", rows: [["a": "first apple"]], index: ["a"])
        #expect(try tables.search(table: "t", text: "apple", limit: 5).count == 1)
        try tables.replace(table: "t", rows: [["b": "pear"]], index: ["b"])
        #expect(try query("SELECT * FROM t").columns == ["b"])
        #expect(try tables.search(table: "t", text: "apple", limit: 5).isEmpty)
        #expect(try tables.search(table: "t", text: "pear", limit: 5).count == 1)
        try tables.replace(table: "t", rows: [["b": "pear"]])
        #expect(throws: DatabaseToolError.self) { try tables.search(table: "t", text: "pear", limit: 5) }
        #expect(try tables.tableNames() == ["t"])
    }

    @Test func `an empty list keeps the columns that were declared`() throws {
        try tables.replace(table: "t", rows: [], index: ["text"], columns: ["id"])
        let result = try query("SELECT id, text FROM t")
        #expect(result.columns == ["id", "text"] && result.rows.isEmpty)
        try tables.replace(table: "none", rows: [])
        #expect(try query("SELECT count(*) AS n FROM none").rows == [["n": 0]])
        try tables.replace(table: "blank", rows: [[:], [:]])
        #expect(try query("SELECT count(*) AS n FROM blank").rows == [["n": 2]])
    }

    @Test func `a failed replacement leaves the old rows`() throws {
        try tables.replace(table: "t", rows: [["a": 1]])
        #expect(throws: DatabaseToolError.self) { try tables.replace(table: "t", rows: [["a": 2, "A": 3]]) }
        #expect(try query("SELECT a FROM t").rows == [["a": 1]])
    }

    @Test func `search ranks rows and gives them whole`() throws {
        try tables.replace(
            table: "req",
            rows: [
                ["id": "r1", "text": "Leading zeros are not allowed.", "tags": ["n"]],
                ["id": "r2", "text": "An underscore such as 1__0 is rejected.", "tags": []],
                ["id": "r3", "text": "Arrays of tables use [[a]] headers.", "tags": []],
            ], index: ["text"])
        #expect(try tables.search(table: "req", text: "zero", limit: 5).first?["id"] == "r1")
        #expect(try tables.search(table: "req", text: "1__0", limit: 5).map { $0["id"] } == ["r2"])
        let hit = try #require(try tables.search(table: "REQ", text: "[[a]]", limit: 5).first)
        #expect(hit["id"] == "r3" && hit["_row"] == 3 && (hit["_score"]?.doubleValue ?? 0) > 0)
        #expect(try tables.search(table: "req", text: "", limit: 5).isEmpty)
    }

    @Test func `a search up to a row leaves later ones out, and scores as if they were there`() throws {
        let rows = Array(repeating: ["text": "the red lamp blinks"] as JSONObject, count: 60)
        try tables.replace(table: "t", rows: rows + [["text": "a lamp"]], index: ["text"])
        func found(_ last: Int?) throws -> [JSONObject] {
            try tables.search(table: "t", text: "the red lamp blinks", limit: 5, upTo: last)
        }
        // Equal ones come in the order of their rows.
        #expect(try found(nil).compactMap { $0["_row"]?.intValue } == [1, 2, 3, 4, 5])
        #expect(try found(2).compactMap { $0["_row"]?.intValue } == [1, 2])
        #expect(try found(2).first?["_bm25"] == found(nil).first?["_bm25"])
        #expect(try found(0).isEmpty)
    }

    @Test(arguments: ["", "a b", "1a", "a;drop table x", "sqlite_master", "a__b", "pragma_x", "\"x\"", "é"])
    func `a table's name is a plain word`(name: String) throws {
        try tables.replace(table: "plain_word1", rows: [])
        let error = #expect(throws: DatabaseToolError.self) {
            try tables.replace(table: name, rows: [["a": 1]])
        }
        #expect(error?.code == .invalid)
    }

    @Test(arguments: ["a b", "a\"b", "select", "x]; --", "é", "[0]", "'"])
    func `any printable key can be a column`(name: String) throws {
        try tables.replace(table: "t", rows: [JSONObject([(name, "value")])], index: [name])
        #expect(try query("SELECT * FROM t").rows[0][name] == "value")
        #expect(try tables.search(table: "t", text: "value", limit: 1)[0][name] == "value")
    }

    @Test(arguments: ["", "rowid", "a\nb", "a\0"])
    func `a key that can't be a column is refused`(name: String) throws {
        let error = #expect(throws: DatabaseToolError.self) {
            try tables.replace(table: "t", rows: [JSONObject([(name, 1)])])
        }
        #expect(error?.code == .invalid)
    }

    @Test func `a second opening sees what the first wrote`() throws {
        try tables.replace(table: "t", rows: [["a": "x"]], index: ["a"])
        let other = try RunTables(path: folder.path("run.sqlite"))
        #expect(try other.search(table: "t", text: "x", limit: 1).count == 1)
        try other.replace(table: "t", rows: [["a": "y"]])
        #expect(try query("SELECT a FROM t").rows == [["a": "y"]])
    }

    @Test func `search tables and bookkeeping are hidden from queries`() throws {
        try tables.replace(table: "t", rows: [["a": "x"]], index: ["a"])
        #expect(try query("SELECT a FROM t").rows.count == 1)
        for hidden in ["run__indexes", "t__words", "t__words_data", "t__trigrams", "sqlite_schema"] {
            let error = #expect(throws: DatabaseToolError.self) { try query("SELECT * FROM \(hidden)") }
            #expect(error?.code == .denied, "\(hidden)")
        }
    }
}
