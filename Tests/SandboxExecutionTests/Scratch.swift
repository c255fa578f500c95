import Foundation
import SandboxExecution

/// A folder of its own under the temporary directory, removed when the test lets go of it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "sandbox-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Called at the end of a test whose last use of the folder is by name only.
    func keep() {}

    @discardableResult
    func write(_ name: String, _ text: String, executable: Bool = false) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        if executable {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        return file
    }
}

extension SandboxOutcome {
    var text: String { String(decoding: standardOutput, as: UTF8.self) }
    var errorText: String { String(decoding: standardError, as: UTF8.self) }
}

/// Runs a constant script of the test in the sandbox.
func sandboxed(
    _ script: String, profile: SandboxProfile = SandboxProfile(wallLimit: .seconds(30)), input: [UInt8] = [],
    environment: [String: String] = [:]
) async throws -> SandboxOutcome {
    let command = SandboxCommand(argv: ["sh", "-c", script], environment: environment, standardInput: input)
    return try await SandboxExecutor().run(command, profile: profile)
}

/// The control arm: the same script without a sandbox, in a folder of the test.
func unsandboxed(_ script: String, in folder: String, environment: [String: String]? = nil) throws -> (
    status: Int32, text: String
) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    if let environment { process.environment = environment }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

/// How many processes of this machine carry `mark` in their arguments.
func processCount(marked mark: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.filter { name in
        guard name.allSatisfy(\.isNumber),
            let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
        else { return false }
        let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return arguments.first == "sleep" && arguments.contains(mark)
    }.count
}

/// Waits up to ten seconds until so many processes carry `mark`; returns how many do.
func waitForProcesses(marked mark: String, count: Int) async throws -> Int {
    var seen = processCount(marked: mark)
    let deadline = ContinuousClock.now + .seconds(90)
    while seen != count, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(5))
        seen = processCount(marked: mark)
    }
    return seen
}

/// A number of seconds to sleep for that marks a test's processes.
func sleepMark() -> String { "8\(Int.random(in: 10_000_000...99_999_999)).5" }
