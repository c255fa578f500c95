import Databases
import Foundation
import JSONSchemas
import TestSupport
import Testing

@Suite struct RecordTablesTests {
    private let folder: TemporaryFolder
    private let records: RecordTables

    init() throws {
        folder = try TemporaryFolder()
        records = try RecordTables(path: folder.path("records.sqlite"))
    }

    @Test func `an effect's rows are added once, whoever tries again`() throws {
        let rows: [JSONObject] = [["a": 1, "b": "x"], ["a": 2]]
        #expect(try records.count(addedBy: "one") == nil)
        #expect(try records.add(rows, to: "history", effect: "one") == 2)
        #expect(try records.add(rows, to: "history", effect: "one") == 2)
        let other = try RecordTables(path: folder.path("records.sqlite"))
        #expect(try other.count(addedBy: "one") == 2)
        #expect(try other.add(rows, to: "history", effect: "one") == 2)
        #expect(try records.rows(of: "history") == [["a": 1, "b": "x"], ["a": 2, "b": .null]])
        // Control: another effect adds the same rows again.
        #expect(try records.add(rows, to: "history", effect: "two") == 2)
        #expect(try records.rows(of: "history").count == 4)
    }

    @Test func `a column that is new is added, and older rows have null there`() throws {
        _ = try records.add([["a": 1]], to: "t", effect: "one")
        _ = try records.add([["A": 2, "new": [1, 2]]], to: "t", columns: ["more"], effect: "two")
        #expect(
            try records.rows(of: "t") == [
                ["a": 1, "more": .null, "new": .null], ["a": 2, "more": .null, "new": "[1,2]"],
            ])
        #expect(try records.add([], to: "t", effect: "three") == 0)
        #expect(try records.count(addedBy: "three") == 0)
    }

    @Test(arguments: ["", "1t", "a b", "record__effects", "sqlite_x", "t; DROP TABLE t"])
    func `a name that can't be a table's adds nothing`(name: String) throws {
        let error = #expect(throws: DatabaseToolError.self) {
            _ = try records.add([["a": 1]], to: name, effect: "one")
        }
        #expect(error?.code == .invalid)
        #expect(try records.count(addedBy: "one") == nil)
        #expect(throws: DatabaseToolError.self) { _ = try records.add([["rowid": 1]], to: "t", effect: "one") }
        #expect(try records.count(addedBy: "one") == nil)
    }

    @Test func `many writers add each effect's rows once`() async throws {
        let path = folder.path("records.sqlite")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let own = try RecordTables(path: path)
                    for effect in 0..<10 {
                        _ = try own.add([["effect": .integer(effect)]], to: "t", effect: "\(effect)")
                    }
                }
            }
            try await group.waitForAll()
        }
        let seen = try records.rows(of: "t").compactMap { $0["effect"]?.intValue }
        #expect(seen.sorted() == Array(0..<10))
    }
}
