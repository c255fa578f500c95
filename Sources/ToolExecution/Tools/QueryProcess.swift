package import Databases
package import SandboxExecution

/// Runs queries on database files in the sandbox, each in a process of its own: a hostile file or statement attacks
/// SQLite's code, and what it takes over is that process.
package struct QueryProcess: Sendable {
    /// The program's name, beside `warrant`.
    package static let programName = "sandbox-sql"

    private static let operation = "run query"

    private let executor: SandboxExecutor
    private let profile: SandboxProfile

    /// Makes a runner of queries under a profile; nothing is started yet.
    package init(executor: SandboxExecutor, profile: SandboxProfile) {
        self.executor = executor
        self.profile = profile
    }

    /// Runs one query on the file at `path`, of which the process sees nothing but this file and what SQLite has put
    /// beside it.
    ///
    /// - Throws: `DatabaseToolError` where the query or the file is at fault or a limit was reached; `SandboxError`
    ///   where it can't be run in the sandbox; `ToolError` without the program.
    package func query(_ request: QueryRequest, path: String) async throws -> QueryResult {
        guard let program = InstalledProgram.path(of: Self.programName) else { throw Self.missing }
        let database = try DatabaseFile(path: path)
        var profile = profile
        profile.readOnlyPaths += database.files
        let command = SandboxCommand(
            argv: [Self.programName], standardInput: FileQuery(path: database.path, request: request).line,
            program: .file(program))
        let outcome = try await executor.run(command, profile: profile)
        switch outcome.termination {
        case .exited(0):
            guard outcome.standardOutputByteCount <= profile.outputByteLimit else {
                throw Self.limit("output_kept", "\(profile.outputByteLimit) bytes")
            }
            return try FileQueryAnswer(line: outcome.standardOutput, to: request).result()
        case .limit(let name, let value): throw Self.limit(name, value)
        case .exited, .signaled:
            throw DatabaseToolError(
                .io, Self.operation, "the process that runs it ended without an answer, with \(outcome.termination)")
        case .missing(_, let reason):
            throw ToolError(.sandboxUnavailable, "Can't run query: `\(Self.programName)` can't be started: \(reason).")
        }
    }

    private static func limit(_ name: String, _ value: String) -> DatabaseToolError {
        let isTime = name == "wall" || name == "cpu"
        return DatabaseToolError(
            isTime ? .timeLimit : .sizeLimit, operation, "it reached limit `\(name)` of \(value) in the sandbox")
    }

    private static let missing = ToolError(
        .sandboxUnavailable,
        "Can't run query: `\(programName)` does not lie beside this program.\nBuild it (`Scripts/build`), or install it "
            + "beside `warrant`.")
}
