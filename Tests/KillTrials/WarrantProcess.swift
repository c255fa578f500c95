import Foundation
import Glibc

/// One life of the built `warrant` with a state folder of its own.
struct WarrantProcess {
    private let process: Process
    private let outputPath: String
    private let errorPath: String

    struct Ending {
        let status: Int32
        let wasKilled: Bool
        let output: String
        let errors: String
    }

    init(_ executable: String, _ arguments: [String], home: String, name: String, environment: [String: String]) throws
    {
        process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: home)
        process.environment = environment
        outputPath = "\(home)/\(name).out"
        errorPath = "\(home)/\(name).err"
        for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    func kill() {
        // Only while it is our child: `Process` reaps it, and then the number may be another's.
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    func wait() -> Ending {
        process.waitUntilExit()
        func text(_ path: String) -> String {
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        return Ending(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: text(outputPath), errors: text(errorPath))
    }
}
