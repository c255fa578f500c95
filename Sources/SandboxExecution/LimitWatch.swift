import Synchronization

/// Looks from time to time at what a running sandbox has used up, and ends it where that is too much.
///
/// The kernel itself keeps each of these limits; looking finds out that one was reached, which ends the rest of the
/// tree too and gives the outcome its name.
final class LimitWatch: Sendable {
    let socket: ControlSocket
    let group: ControlGroup?
    private let report = Mutex(LaunchReport())

    init(socket: ControlSocket, group: ControlGroup?) {
        self.socket = socket
        self.group = group
    }

    /// Looks every 25 ms until the task is cancelled or a limit is reached.
    func watch(_ tree: ProcessTree) async {
        while (try? await Task.sleep(for: .milliseconds(25))) != nil {
            guard let reason = limitReached() else { continue }
            tree.end(because: reason)
            return
        }
    }

    /// When bubblewrap has ended: waits for the rest, which it doesn't wait for itself when the command ended by its own
    /// doing; then what the helper said, and a limit that nobody saw in time.
    ///
    /// - Throws: `systemFailed` when the sandbox's processes don't end: what they may still write is not looked at.
    func finish() async throws(SandboxError) -> (report: LaunchReport, limit: ProcessTree.Reason?) {
        let limit = limitReached()
        let report = report.withLock { $0 }
        if let process = report.initProcess, await !process.waitForEnd() { throw Self.notEnded }
        return (report, limit)
    }

    /// Whether the command was started, as far as the helper has said so by now.
    var hasStarted: Bool {
        report.withLock { report in
            report.add(socket.receive())
            return report.stage == .started
        }
    }

    static let notEnded = SandboxError(
        .systemFailed, operation: "end the sandbox's processes", reason: "the kernel still holds some of them",
        fix: "Nothing was brought back. Look for a process in state D, which waits for a device or a file server.")

    private func limitReached() -> ProcessTree.Reason? {
        let isFull = report.withLock { report in
            report.add(socket.receive())
            return report.workspace?.isFull ?? false
        }
        switch group?.limitReached() {
        case .memory: return .memory
        case .processes: return .processes
        case .processorTime: return .processorTime
        case nil: return isFull ? .workspace : nil
        }
    }
}
