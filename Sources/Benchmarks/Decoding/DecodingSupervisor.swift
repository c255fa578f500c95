import Foundation
import JSONSchemas

/// Runs workers over the records until each has a row, and starts a new one behind a schema that ended the last.
struct DecodingSupervisor {
    let arguments: DecodingArguments
    let records: [DecodingRecord]

    /// Calls `row` with the header, then with a row for each record.
    func run(_ row: (JSONObject) throws -> Void) throws {
        var next = 0
        var hasHeader = false
        while next < records.count {
            let worker = try Worker(start: next)
            defer { worker.stop() }
            // Loading the weights has a limit of its own.
            guard case .line(let header) = worker.read(milliseconds: 120_000) else {
                throw WorkerError(description: "Can't run worker: it ended before its first row.")
            }
            if !hasHeader { try row(header) }
            hasHeader = true
            loop: while next < records.count {
                let record = records[next]
                switch worker.read(milliseconds: arguments.limitMilliseconds) {
                case .line(let line): try row(line)
                case .timeout:
                    try row(failure("timeout", of: record, .integer(arguments.limitMilliseconds)))
                    next += 1
                    break loop
                case .end:
                    try row(failure("crash", of: record, .integer(Int(worker.stop()))))
                    next += 1
                    break loop
                }
                next += 1
            }
        }
    }

    struct WorkerError: Error, CustomStringConvertible {
        let description: String
    }

    private func failure(_ kind: String, of record: DecodingRecord, _ value: JSONValue) -> JSONObject {
        [
            "id": .string(record.id), "split": .string(record.split), kind: value,
            "n_tests": .integer(record.tests.count),
        ]
    }
}

/// A child process that prints JSON lines.
private final class Worker {
    enum Answer {
        case line(JSONObject)
        case timeout
        case end
    }

    private let process = Process()
    private let pipe = Pipe()
    private var buffer: [UInt8] = []
    /// Whether it closed its side of the pipe: it has ended, or is about to.
    private var hasEnded = false

    init(start: Int) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = Array(CommandLine.arguments.dropFirst()) + ["--worker-start", String(start)]
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try pipe.fileHandleForWriting.close()
    }

    /// The next line, if it comes within so many milliseconds.
    func read(milliseconds: Int) -> Answer {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let value = try? JSONValue(parsing: buffer[..<end])
                buffer.removeSubrange(...end)
                guard let object = value?.objectValue else { return .end }
                return .line(object)
            }
            searched = buffer.count
            let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard rest > 0 else { return .timeout }
            var request = pollfd(fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            // The call reads and writes one `pollfd`, which lives throughout it.
            guard unsafe poll(&request, 1, Int32(min(rest + 1, 1e6))) > 0 else { continue }
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else {
                hasEnded = true
                return .end
            }
            buffer += data
        }
    }

    /// Ends the process if it hasn't, and returns the signal or code it ended with.
    @discardableResult
    func stop() -> Int32 {
        // One that still writes would wait for a reader without end.
        if process.isRunning, !hasEnded { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
