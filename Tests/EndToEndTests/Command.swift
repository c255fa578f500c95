import Foundation
import JSONSchemas
import TestSupport
import Testing

/// What a finished command left.
struct Finished {
    let status: Int32
    let wasKilled: Bool
    let output: String
    let errors: String

    /// The last line of standard output as JSON: the verdict.
    var verdict: JSONValue? {
        output.split(separator: "\n").last.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    }
}

/// The built `warrant` with a state folder of its own.
final class Command: Sendable {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("work")
    }

    /// The executable beside this test's bundle, debug or release.
    static let executable: String = {
        var candidates: [String] = []
        for start in CommandLine.arguments + ["/proc/self/exe", #filePath] {
            var folder = URL(filePath: start).resolvingSymlinksInPath()
            for _ in 0..<6 {
                folder = folder.deletingLastPathComponent()
                candidates.append(folder.appending(path: "warrant").path(percentEncoded: false))
            }
        }
        for argument in CommandLine.arguments where argument.contains(".build") || argument.hasSuffix(".xctest") {
            candidates.insert(
                URL(filePath: argument).deletingLastPathComponent().appending(path: "warrant").path(
                    percentEncoded: false),
                at: 0)
        }
        return candidates.first { path in
            var isFolder: ObjCBool = false
            // The pointer is to a local variable that outlives the call.
            let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
        } ?? "warrant-was-not-built"
    }()

    static var repository: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path(percentEncoded: false)
    }

    /// A started command; `wait` ends it.
    struct Started {
        let process: Process
        let outputPath: String
        let errorPath: String

        /// Waits for its end and reads what it wrote.
        func wait() -> Finished {
            process.waitUntilExit()
            func text(_ path: String) -> String {
                String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            }
            return Finished(
                status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
                output: text(outputPath), errors: text(errorPath))
        }

        func send(_ signal: Int32) {
            kill(process.processIdentifier, signal)
        }
    }

    /// What it is started with, unless a test wants something else.
    var environment: [String: String] {
        ProcessInfo.processInfo.environment
            .merging([
                "WARRANT_HOME": folder.path("home"), "WARRANT_PERSON": "tester", "WARRANT_SHARE": Self.repository,
                // Never the policy or the trackers of whoever runs the tests.
                "XDG_CONFIG_HOME": folder.path("config"),
            ]) { $1 }
    }

    /// Starts `warrant` with `arguments`; `shell` is put before it in `sh -c`, such as a limit.
    func start(_ arguments: [String], environment: [String: String] = [:], shell: String? = nil) throws -> Started {
        let process = Process()
        if let shell {
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["-c", shell + "; exec \"$@\"", "bash", Self.executable] + arguments
        } else {
            process.executableURL = URL(filePath: Self.executable)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(filePath: folder.path("work"))
        process.environment = self.environment.merging(environment) { $1 }
        let name = UUID().uuidString
        let files = try ["out", "err"].map { suffix in
            let path = try folder.write("", to: "streams/\(name).\(suffix)")
            return (path, try FileHandle(forWritingTo: URL(filePath: path)))
        }
        process.standardOutput = files[0].1
        process.standardError = files[1].1
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return Started(process: process, outputPath: files[0].0, errorPath: files[1].0)
    }

    /// Runs `warrant` to its end.
    func run(_ arguments: [String], environment: [String: String] = [:], shell: String? = nil) throws -> Finished {
        try start(arguments, environment: environment, shell: shell).wait()
    }

    /// Runs with `--json` and expects exit code and last line to say the same.
    @discardableResult
    func verdict(
        _ arguments: [String], exit: Int32, environment: [String: String] = [:], shell: String? = nil,
        location: SourceLocation = #_sourceLocation
    ) throws -> Finished {
        let finished = try run(arguments + ["--json"], environment: environment, shell: shell)
        #expect(finished.status == exit, "\(finished.errors)\n\(finished.output.suffix(600))", sourceLocation: location)
        #expect(finished.verdict?["type"] == "verdict", sourceLocation: location)
        #expect(finished.verdict?["exit"]?.intValue == Int(finished.status), sourceLocation: location)
        return finished
    }

    /// The titles in the tracker.
    func issues() throws -> [String] {
        guard folder.contains("home/tracker.sqlite") else { return [] }
        let script = """
            import json, sqlite3, sys
            print(json.dumps([r[0] for r in sqlite3.connect(sys.argv[1]).execute('select title from issues order by id')]))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, folder.path("home/tracker.sqlite")]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONValue(parsing: Array(data)).arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// Processes whose command line holds `marker`.
    static func processes(with marker: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard Int32(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: data, as: UTF8.self).contains(marker)
        }
    }
}
