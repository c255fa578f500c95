import Foundation
import JSONSchemas
import RunJournal
import TestSupport

/// A state folder of a measurement's own, with the `warrant` that lies beside this program.
final class SupervisedFolder {
    let folder: TemporaryFolder
    private let warrant: String
    private let share: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        let place = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        warrant = place.appending(path: "warrant").path(percentEncoded: false)
        guard FileManager.default.isExecutableFile(atPath: warrant) else {
            throw Failure(
                description: "Can't start `warrant`: there is none beside this program; build it first.")
        }
        share = try KillBenchmark.share(above: place)
        folder = try TemporaryFolder()
        try folder.makeFolder("home")
    }

    private var environment: [String: String] {
        ProcessInfo.processInfo.environment.merging([
            "WARRANT_HOME": folder.path("home"), "WARRANT_PERSON": "lead", "WARRANT_SHARE": share,
            "XDG_CONFIG_HOME": folder.path("config"),
        ]) { $1 }
    }

    /// The folder with the workflows that come along.
    var workflows: String { share + "/Workflows" }

    /// Starts `warrant serve` on a free port.
    func serve() throws -> SupervisorProcess { try SupervisorProcess(warrant, environment: environment) }

    /// The record of this state folder.
    func journal() throws -> Journal { try Journal(path: folder.path("home/journal.db")) }

    /// Runs `warrant` to its end; a run's last line says which it was.
    @discardableResult
    func run(_ arguments: [String]) throws -> JSONValue? {
        let process = Process()
        process.executableURL = URL(filePath: warrant)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: folder.path)
        let output = try folder.write("", to: "output")
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard [0, 2].contains(process.terminationStatus) else {
            throw Failure(
                description: "`warrant \(arguments.joined(separator: " "))` ended with \(process.terminationStatus).")
        }
        return try folder.text(of: "output").split(separator: "\n").last
            .flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    }

    /// Runs a workflow with its script and returns the run's identifier.
    func play(_ workflow: String, script: String) throws -> String {
        let verdict = try run([
            "run", workflow, "--model", "scripted:" + script, "--output", folder.path("out-\(UUID().uuidString)"),
            "--json",
        ])
        guard let run = verdict?["run"]?.stringValue else {
            throw Failure(description: "`warrant run \(workflow)` named no run.")
        }
        return run
    }
}
