import Databases
import GRDB
import JSONSchemas
import TestSupport
import Testing

@Suite struct FullDiskTests {
    @Test func `a table that doesn't fit leaves the old one`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("run.sqlite")
        // SQLite answers SQLITE_FULL at this size just as it does on a full disk.
        let tables = try RunTables(path: path, pageLimit: 30)
        try tables.replace(table: "t", rows: [["a": "old"]], index: ["a"])
        let text = String(repeating: "many words ", count: 1_000)
        let rows = (0..<20).map { number -> JSONObject in ["a": .string(text + "\(number)")] }
        let error = #expect(throws: DatabaseToolError.self) {
            try tables.replace(table: "t", rows: rows, index: ["a"])
        }
        #expect(error?.code == .diskFull)
        #expect(error?.description == "Can't write table `t`: no space is left on the disk.")
        #expect(try tables.query(QueryRequest(statement: "SELECT a FROM t")).rows == [["a": "old"]])
        #expect(try tables.search(table: "t", text: "old", limit: 1).count == 1)
        // Control arm: without the limit the same rows fit.
        try RunTables(path: path).replace(table: "t", rows: rows, index: ["a"])
    }
}
