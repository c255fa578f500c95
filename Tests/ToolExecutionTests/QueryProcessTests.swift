import Databases
import Foundation
import JSONSchemas
import SandboxExecution
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// The process behind `sql.query`: what stops it, and what it could reach if somebody took it over.
@Suite struct QueryProcessTests {
    private let query: QueryBench

    init() throws { query = try QueryBench() }

    /// One call of a function, inside of which SQLite never looks at the clock.
    private static let unstoppable =
        "SELECT instr(printf('%.10000000c', 'a'), printf('%.5000000c', 'a') || 'b') AS a"

    @Test func `a statement that SQLite can't stop is stopped by the sandbox`() async throws {
        let wall = try await query.error(Self.unstoppable) { $0.wallLimit = .seconds(1) }
        #expect(wall?.code == .timeLimit)
        #expect(wall?.description == "Can't run query: it reached limit `wall` of 1 s in the sandbox.")
        let cpu = try await query.error(Self.unstoppable) { $0.cpuLimit = .seconds(1) }
        #expect(cpu?.description == "Can't run query: it reached limit `cpu` of 1 s in the sandbox.")
    }

    @Test func `too much memory and too much output are limits with their names`() async throws {
        let large = "SELECT length(group_concat(printf('%.1000000c', 'a'))) AS a FROM json_each(?)"
        let list = "[" + Array(repeating: "1", count: 60).joined(separator: ",") + "]"
        let statement = large.replacing("?", with: "'\(list)'")
        let memory = try await query.error(statement) { $0.memoryByteLimit = 24 << 20 }
        #expect(memory?.code == .sizeLimit)
        #expect(memory?.description == "Can't run query: it reached limit `memory` of 24 MiB in the sandbox.")
        let output = try await query.error("SELECT printf('%.100000c', 'a') AS a") {
            $0.outputByteLimit = 1 << 16
            $0.outputKillByteLimit = 1 << 16
        }
        #expect(output?.description == "Can't run query: it reached limit `output` of 64 KiB in the sandbox.")
    }

    @Test func `a process that crashes is an error that says so`() async throws {
        let path = query.path
        let process = QueryProcess(executor: SandboxExecutor(), profile: query.profile)
        let running = Task {
            try await process.query(QueryRequest(statement: Self.unstoppable, timeLimit: .seconds(60)), path: path)
        }
        // As a hole in SQLite would end it, in the middle of its work.
        let number = try #require(try await Self.process(holding: path))
        #expect(kill(number, SIGSEGV) == 0)
        let error = await #expect(throws: DatabaseToolError.self) { try await running.value }
        #expect(error?.code == .io)
        #expect(
            error?.description
                == "Can't run query: the process that runs it ended without an answer, with signal 11 (SIGSEGV).")
    }

    /// The process of this program that has the file open.
    private static func process(holding path: String) async throws -> pid_t? {
        let manager = FileManager.default
        for _ in 0..<2_000 {
            for name in try manager.contentsOfDirectory(atPath: "/proc") where name.allSatisfy(\.isNumber) {
                let line = manager.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
                guard line == Data("\(QueryProcess.programName)\0".utf8) else { continue }
                let files = (try? manager.contentsOfDirectory(atPath: "/proc/\(name)/fd")) ?? []
                let isHolding = files.contains { file in
                    (try? manager.destinationOfSymbolicLink(atPath: "/proc/\(name)/fd/\(file)")) == path
                }
                if isHolding { return pid_t(name) }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    private static let shell = "/usr/bin/sqlite3"

    /// SQLite's own shell keeps none of our rules, so it stands for a process that was taken over.
    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: shell), "SQLite's shell is not installed."),
        arguments: [
            "ATTACH 'OTHER' AS o; SELECT word FROM o.t;", "SELECT readfile('OTHER') IS NOT NULL;",
            "SELECT name FROM fsdir('OTHER');", "SELECT length(readfile('/etc/passwd')) > 0;",
            "UPDATE t SET word = 'changed'; SELECT word FROM t;",
        ])
    func `a process without rules of its own sees the one file and changes nothing`(sql: String) async throws {
        let other = query.bench.folder.path("other.sqlite")
        try QueryBench.makeDatabase(at: other, holding: "theirs")
        let statements = sql.replacing("OTHER", with: other)
        let before = try query.bench.folder.bytes(of: "user.sqlite")
        var profile = query.profile
        profile.readOnlyPaths = [query.path]
        func inside(_ statements: String) async throws -> SandboxOutcome {
            try await SandboxExecutor().run(
                SandboxCommand(argv: [Self.shell, "-bail", query.path, statements]), profile: profile)
        }
        #expect(String(decoding: try await inside("SELECT word FROM t;").standardOutput, as: UTF8.self) == "mine\n")
        let denied = String(decoding: try await inside(statements).standardOutput, as: UTF8.self)
        #expect(["", "0\n", "\n"].contains(denied), "\(denied)")
        #expect(try query.bench.folder.bytes(of: "user.sqlite") == before)
        // The control arm: outside each of them works.
        let said = try outside(statements)
        #expect(["theirs\n", "1\n", other + "\n", "changed\n"].contains(said), "\(said)")
    }

    private func outside(_ statements: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.shell)
        process.arguments = ["-bail", query.path, statements]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test(.enabled(if: geteuid() == 0, "Only a caller that is root has files that are closed to the sandbox's user."))
    func `what root alone may read is refused with a sentence`() async throws {
        let manager = FileManager.default
        let folder = try query.bench.folder.makeFolder("closed")
        try QueryBench.makeDatabase(at: folder + "/a.sqlite", holding: "x")
        #expect(try await query.rows("SELECT a FROM t", of: folder + "/a.sqlite") == [["a": 1]])
        try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/a.sqlite")
        let file = try await query.failure("SELECT a FROM t", of: folder + "/a.sqlite")
        #expect(file.message == "Can't open database `a.sqlite`: this user may not read the file.")
        try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        let closed = try await query.failure("SELECT a FROM t", of: folder + "/a.sqlite")
        #expect(closed.message.contains("because Warrant was started as root"))
    }
}
