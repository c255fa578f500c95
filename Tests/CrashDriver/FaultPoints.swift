import Foundation
import Synchronization

/// Writes down every place that is passed and ends the process at one of them, as `kill -9` does.
final class FaultPoints: Sendable {
    private let descriptor: Int32
    private let last: Int
    private let count = Atomic(0)

    /// `path`: a line for each place, appended. `last`: at which place, counted from 1, the process dies; 0 for none.
    init(path: String, last: Int) {
        // The string lives for the call.
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "the file of places must be writable")
        self.last = last
    }

    func pass(_ place: String) {
        let line = Array((place + "\n").utf8)
        // One call, so that the line is whole in the kernel's cache, which outlives the process. The buffer lives for it.
        let written = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == line.count, "a place must be written down whole")
        guard count.add(1, ordering: .relaxed).newValue == last else { return }
        kill(getpid(), SIGKILL)
        // The signal may reach another thread first; this one must not go on.
        while true { pause() }
    }
}
