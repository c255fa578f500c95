import ArgumentParser
import Foundation
import Glibc
import JSONSchemas
import RunJournal
import Supervisor

/// `warrant eval collect`.
struct EvalCollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect", abstract: "Add what persons changed or denied to a gold set.",
        discussion: """
            Each edit and each denial becomes one line of JSON: the call as it was asked about, what the person wanted \
            instead, and why. A case that the file has already is not added again.
            """)

    @Option(
        name: .long, help: ArgumentHelp("The gold set, a JSON Lines file; made where it is missing.", valueName: "FILE")
    )
    var to: String

    @Option(name: .long, help: "Only cases of this run.")
    var run: String?

    /// For how long another process may hold the file.
    private static let lockLimit = Duration.seconds(5)

    func run() async throws {
        try await Output.reporting {
            let journal = try Surroundings().journal()
            let wanted = try run.map { try journal.run(matching: $0).id }
            let path = Surroundings.absolute(to)
            let cases = try FeedbackCases.all(in: journal, run: wanted).map { $0.toJSON() }
            // No file is made for nothing.
            let isNeeded = !cases.isEmpty || FileManager.default.fileExists(atPath: path)
            let count = try await isNeeded ? Self.alone(at: path) { try Self.add(cases, to: path) } : 0
            Output.result("added \(count) of \(cases.count) cases to \(path)")
        }
    }

    /// Does `body` while no other process does the same with the file, which is made where it is missing.
    private static func alone(at path: String, _ body: () throws -> Int) async throws -> Int {
        // SAFETY: the string lives for the call and is only read.
        let descriptor = unsafe open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        let end = ContinuousClock.now + lockLimit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw CommandFailure(.ioFailure, "Can't lock `\(path)`; nothing was added.")
            }
            guard ContinuousClock.now < end else {
                throw CommandFailure(
                    .tryAgain, "Can't add to `\(path)`: another process holds it; nothing was added.",
                    fix: "Try again when it has finished.")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try body()
    }

    /// Adds the cases that the file does not have, and returns how many.
    private static func add(_ cases: [JSONValue], to path: String) throws -> Int {
        guard let text = FileManager.default.contents(atPath: path) else { throw unreadable(path) }
        var known = Set<String>()
        for (index, line) in text.split(separator: 10).enumerated() {
            guard let value = try? JSONValue(parsing: Array(line)) else {
                throw CommandFailure(
                    .badData, "Can't add to `\(path)`: line \(index + 1) is no JSON value; nothing was added.")
            }
            if let id = value["id"]?.stringValue { known.insert(id) }
        }
        let new = cases.filter { $0["id"]?.stringValue.map { !known.contains($0) } ?? false }
        guard !new.isEmpty else { return 0 }
        // A last line without its end is ended first.
        let start = text.isEmpty || text.last == 10 ? "" : "\n"
        try append(start + new.map { $0.serialized(.compact) + "\n" }.joined(), to: path)
        return new.count
    }

    private static func unreadable(_ path: String) -> CommandFailure {
        CommandFailure(.ioFailure, "Can't read `\(path)`; nothing was added.")
    }

    /// Adds all of it or, where there is no room, nothing: half a line would make the whole file unreadable.
    private static func append(_ text: String, to path: String) throws {
        do {
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            defer { try? handle.close() }
            let end = try handle.seekToEnd()
            do {
                try handle.write(contentsOf: Data(text.utf8))
                try handle.synchronize()
            } catch {
                try handle.truncate(atOffset: end)
                throw error
            }
        } catch {
            throw CommandFailure(.ioFailure, "Can't write `\(path)`: \(error.localizedDescription).")
        }
    }
}
