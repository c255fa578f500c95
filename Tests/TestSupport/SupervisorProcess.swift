import Foundation
import Glibc

/// A running `warrant serve`. It ends with the value.
package final class SupervisorProcess: Sendable {
    /// The port it listens on.
    package let port: Int
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle
    private let first: String
    private let errorPath: String
    private let folder: TemporaryFolder

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }
    /// The link that it printed at its start, which counts once.
    package var link: String { first }
    package var processIdentifier: Int32 { process.processIdentifier }
    /// What it said beside links.
    package var errors: String {
        String(decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts it on a free port and waits until it has printed its link.
    package init(_ executable: String, arguments: [String] = ["--port", "0"], environment: [String: String]) throws {
        folder = try TemporaryFolder()
        errorPath = try folder.write("", to: "errors")
        process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = ["serve"] + arguments
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: folder.path)
        let (asked, said) = (Pipe(), Pipe())
        process.standardInput = asked
        process.standardOutput = said
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
        input = asked.fileHandleForWriting
        output = said.fileHandleForReading
        try process.run()
        first = Self.line(from: output)
        guard let port = URL(string: first)?.port else {
            process.terminate()
            process.waitUntilExit()
            let errors = String(decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self)
            throw Failure(description: "`warrant serve` said `\(first)`, not a link: \(errors)")
        }
        self.port = port
    }

    deinit {
        if process.isRunning {
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// Asks for another link.
    package func nextLink() throws -> String {
        try input.write(contentsOf: Data("\n".utf8))
        return Self.line(from: output)
    }

    /// Ends it the way Ctrl-C does and returns its exit code.
    package func interrupt() -> Int32 {
        Glibc.kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The memory it holds that is its own or that it alone has read, in bytes.
    package var residentByteCount: Int {
        let status = FileManager.default.contents(atPath: "/proc/\(process.processIdentifier)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }

    /// A line, without its end; what there is where the other end closes.
    private static func line(from handle: FileHandle) -> String {
        var bytes = Data()
        while let byte = try? handle.read(upToCount: 1), let first = byte.first, first != UInt8(ascii: "\n") {
            bytes.append(first)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
