import Databases
import Foundation
import GRDB
import JSONSchemas
import SandboxExecution
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// A database of the user's, and the queries that `sql.query` runs on it.
struct QueryBench {
    let bench: Workbench
    /// The database file.
    let path: String
    /// What `Sandbox/profiles/sql.yaml` says.
    let profile: SandboxProfile

    init() throws {
        bench = try Workbench()
        path = bench.folder.path("user.sqlite")
        try Self.makeDatabase(at: path, holding: "mine")
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path(percentEncoded: false)
        let profiles = try SandboxProfileDefinition.loadAll(directory: root + "Sandbox/profiles")
        profile = SandboxProfile(try #require(profiles.first { $0.name == "sql" }))
    }

    /// Makes a database with one table `t` that has one row.
    static func makeDatabase(at path: String, holding word: String, sql: String = "") throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(sql: "CREATE TABLE t(a INTEGER, word TEXT)")
            try database.execute(sql: "INSERT INTO t VALUES (1, ?)", arguments: [word])
            try database.execute(sql: sql)
        }
        try queue.close()
    }

    func rows(_ statement: String, of path: String? = nil) async throws -> JSONValue {
        let arguments: JSONObject = ["statement": .string(statement), "database": .string(path ?? self.path)]
        return try await bench.value("sql.query", arguments)["rows"] ?? .null
    }

    func failure(_ statement: String, of path: String? = nil) async throws -> ToolFailure {
        try await bench.failure(
            "sql.query", ["statement": .string(statement), "database": .string(path ?? self.path)])
    }

    /// The error of a query under a changed profile.
    func error(
        _ statement: String, timeLimit: Duration = .seconds(60), _ change: (inout SandboxProfile) -> Void
    ) async throws -> DatabaseToolError? {
        var profile = profile
        change(&profile)
        let process = QueryProcess(executor: SandboxExecutor(), profile: profile)
        return await #expect(throws: DatabaseToolError.self) {
            try await process.query(QueryRequest(statement: statement, timeLimit: timeLimit), path: path)
        }
    }
}
