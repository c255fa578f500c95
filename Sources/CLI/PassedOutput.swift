import Dispatch
import Glibc
import SandboxExecution
import Synchronization

/// Passes a command's output on to this program's own streams as it comes.
final class PassedOutput: Sendable {
    /// The system error number that ended the passing on of a stream.
    private let failures = Mutex<[SandboxCommand.Stream: CInt]>([:])
    /// Writing waits for whoever reads, and so has threads of its own: those that tasks share must stay free for what
    /// watches over the command.
    private let queues: [SandboxCommand.Stream: DispatchQueue] = [
        .output: DispatchQueue(label: "standard output"), .error: DispatchQueue(label: "standard error"),
    ]

    /// Writes bytes of a stream. After a failure nothing more is written to it, and the command goes on.
    @Sendable func write(
        _ stream: SandboxCommand.Stream, _ bytes: [UInt8], until isOver: @escaping @Sendable () -> Bool
    ) async {
        let descriptor: CInt = stream == .output ? 1 : 2
        guard let queue = queues[stream], failures.withLock({ $0[stream] }) == nil,
            !StandardStream.isClosed(descriptor)
        else { return }
        await withCheckedContinuation { written in
            queue.async {
                if let failure = StandardStream.write(bytes, to: descriptor, until: isOver) {
                    self.failures.withLock { $0[stream] = failure }
                }
                written.resume()
            }
        }
    }

    /// - Throws: a failure to write. That nobody reads the output, or no more of it, is none.
    func check() throws {
        let failures = failures.withLock { $0 }.filter { $0.value != EPIPE }
        for (stream, name) in [(SandboxCommand.Stream.output, "output"), (.error, "error")] {
            guard let number = failures[stream] else { continue }
            let reason = number == ETIMEDOUT ? "nobody read all of it in time" : StandardStream.reason(number)
            throw CommandFailure(.ioFailure, "Can't write the command's standard \(name): \(reason).")
        }
    }
}
