import Foundation
import Synchronization

/// Runs one of the operator's own programs and waits for it without holding a thread.
enum CommandRunner {
    enum Outcome: Sendable {
        /// The exit code and the last line of standard error.
        case exited(Int32, String)
        case cancelled
    }

    private struct State {
        var identifier: pid_t?
        var isCancelled = false
    }

    /// Runs `arguments`, the first of which is looked up in `PATH`. Cancelling the task ends the program.
    static func run(_ arguments: [String], environment: [String: String]) async -> Outcome {
        let errorPath = FileManager.default.temporaryDirectory
            .appendingPathComponent("warrant-\(UUID().uuidString).err").path
        _ = FileManager.default.createFile(
            atPath: errorPath, contents: nil, attributes: [.posixPermissions: 0o600])
        defer { try? FileManager.default.removeItem(atPath: errorPath) }
        let running = SharedState()
        let code: Int32 = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                process.arguments = arguments
                process.environment = environment
                process.standardInput = FileHandle.nullDevice
                process.standardOutput = FileHandle.nullDevice
                // A file, not a pipe: nobody has to read it while the program runs.
                process.standardError = FileHandle(forWritingAtPath: errorPath) ?? FileHandle.nullDevice
                process.terminationHandler = { process in
                    running.value.withLock { $0.identifier = nil }
                    continuation.resume(returning: process.terminationStatus)
                }
                do {
                    try process.run()
                } catch {
                    process.terminationHandler = nil
                    continuation.resume(returning: 127)
                    return
                }
                running.value.withLock { state in
                    guard process.isRunning else { return }
                    state.identifier = process.processIdentifier
                    if state.isCancelled { _ = kill(process.processIdentifier, SIGTERM) }
                }
            }
        } onCancel: {
            running.value.withLock { state in
                state.isCancelled = true
                if let identifier = state.identifier { _ = kill(identifier, SIGTERM) }
            }
        }
        if running.value.withLock({ $0.isCancelled }) { return .cancelled }
        let text = (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? ""
        return .exited(code, text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "")
    }

    private final class SharedState: Sendable {
        let value = Mutex(State())
    }
}
