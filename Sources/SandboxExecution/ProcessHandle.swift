import Glibc

/// A process by descriptor (pidfd_open(2)), which never means another one.
final class ProcessHandle: Sendable {
    private let descriptor: OwnedDescriptor

    /// Takes over a pidfd, which is closed with this value.
    init(adopting descriptor: CInt) { self.descriptor = OwnedDescriptor(descriptor) }

    /// Waits until it has ended, five seconds at most; false when it has not.
    func waitForEnd() async -> Bool {
        for _ in 0..<2500 {
            var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
            // One entry is passed, and it outlives the call.
            if unsafe poll(&entry, 1, 0) != 0 { return true }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return false
    }
}
