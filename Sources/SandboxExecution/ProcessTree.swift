import Glibc
import Synchronization

/// Ends one sandbox's processes, all of them, when somebody asks for it.
///
/// bubblewrap stays outside as the parent of the sandbox's process 1. Killing process 1 makes the kernel kill
/// everything in its namespace and hold back its exit until the last one is gone, so bubblewrap's own exit
/// then proves that the tree is empty. Killing bubblewrap first would end the tree too, but later.
final class ProcessTree: Sendable {
    /// Why the tree was ended.
    enum Reason: Sendable, Hashable {
        case wall, output, memory, processes, processorTime, workspace, cancelled
    }

    private struct State {
        var identifier: pid_t?
        var reason: Reason?
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let requests: AsyncStream<Void>
    private let requester: AsyncStream<Void>.Continuation

    init() {
        (requests, requester) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The first reason given to ``end(because:)``.
    var reason: Reason? { state.withLock { $0.reason } }

    /// bubblewrap runs as this process.
    func hasStarted(as identifier: pid_t) {
        state.withLock { $0.identifier = identifier }
    }

    /// bubblewrap has been reaped; its number may belong to somebody else from now on.
    func hasEnded() {
        state.withLock { $0.hasEnded = true }
        requester.finish()
    }

    /// Asks for the tree's end. Returns at once; only the first reason counts.
    func end(because reason: Reason) {
        state.withLock { if $0.reason == nil { $0.reason = reason } }
        requester.yield()
    }

    /// Waits for a request and carries it out; returns when the tree has ended or the task is cancelled.
    func endWhenAsked() async {
        for await _ in requests {
            var attempts = 0
            while !killOnce(lastResort: attempts > 500) {
                attempts += 1
                try? await Task.sleep(for: .milliseconds(2))
                if Task.isCancelled { return }
            }
        }
    }

    /// Sends one kill; true when nothing is left to do.
    ///
    /// As long as bubblewrap is setting up it has no child yet, so the caller tries again.
    private func killOnce(lastResort: Bool) -> Bool {
        state.withLock { state in
            if state.hasEnded { return true }
            guard let identifier = state.identifier else { return false }
            if lastResort {
                _ = kill(identifier, SIGKILL)
                return true
            }
            let children = HostPath.contents("/proc/\(identifier)/task/\(identifier)/children") ?? ""
            // Process 1 is bubblewrap's own as well, which guards against numbers that were given out again.
            for child in children.split(separator: " ").compactMap({ pid_t($0) })
            where HostPath.contents("/proc/\(child)/comm") == "bwrap\n" {
                _ = kill(child, SIGKILL)
            }
            return false
        }
    }
}
