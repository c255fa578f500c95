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
    func finish() async -> (report: LaunchReport, limit: ProcessTree.Reason?) {
        let limit = limitReached()
        let report = report.withLock { $0 }
        await report.initProcess?.waitForEnd()
        return (report, limit)
    }

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
