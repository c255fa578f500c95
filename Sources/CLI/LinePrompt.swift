import Foundation

/// Does something for each line that is written on standard input.
enum LinePrompt {
    /// Begins to read on a thread of its own, which ends with the input or with the process.
    static func start(_ action: @escaping @Sendable () -> Void) {
        // A job in the background that reads from its terminal would be stopped; so it gets an error, and reads no more.
        signal(SIGTTIN, SIG_IGN)
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                // SAFETY: the buffer is valid for the call.
                let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                for _ in 0..<buffer[..<count].count(where: { $0 == 10 }) { action() }
            }
        }
    }
}
