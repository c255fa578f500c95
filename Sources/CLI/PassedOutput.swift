import Glibc
import SandboxExecution
import Synchronization

/// Passes a command's output on to this program's own streams as it comes.
final class PassedOutput: Sendable {
    /// The system error number that ended the passing on of a stream.
    private let failures = Mutex<[SandboxCommand.Stream: CInt]>([:])

    /// Writes bytes of a stream. After a failure nothing more is written to it, and the command goes on.
    @Sendable func write(_ stream: SandboxCommand.Stream, _ bytes: [UInt8]) {
        let descriptor: CInt = stream == .output ? 1 : 2
        guard failures.withLock({ $0[stream] }) == nil, !StandardStream.isClosed(descriptor) else { return }
        if let failure = StandardStream.write(bytes, to: descriptor) {
            failures.withLock { $0[stream] = failure }
        }
    }

    /// - Throws: a failure to write. That nobody reads the output, or no more of it, is none.
    func check() throws {
        let failures = failures.withLock { $0 }.filter { $0.value != EPIPE }
        for (stream, name) in [(SandboxCommand.Stream.output, "output"), (.error, "error")] {
            guard let number = failures[stream] else { continue }
            throw CommandFailure(
                .ioFailure, "Can't write the command's standard \(name): \(StandardStream.reason(number)).")
        }
    }
}
