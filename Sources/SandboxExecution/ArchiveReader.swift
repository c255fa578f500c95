import SystemPackage

/// An own place in a snapshot's archive: runs that share a snapshot read it at the same time.
final class ArchiveReader: Sendable {
    let descriptor: FileDescriptor

    init(of snapshot: WorkspaceSnapshot) throws(SandboxError) {
        do {
            // Another descriptor of the same memory file would share its position; opening it anew doesn't.
            descriptor = try FileDescriptor.open(
                FilePath("/proc/self/fd/\(snapshot.descriptor)"), .readOnly, options: .closeOnExec)
        } catch {
            throw SandboxError(
                .systemFailed, operation: "open copy of workspace", reason: "\(error)", systemError: error as? Errno)
        }
    }

    deinit { try? descriptor.close() }
}
