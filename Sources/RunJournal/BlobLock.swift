import Glibc

/// The lock of the folder of blobs, held for as long as this lives.
///
/// Shared from before a blob is stored until its entry is committed; alone by whoever removes blobs without an entry.
final class BlobLock: Sendable {
    private let descriptor: Int32

    init(path: String, alone: Bool, operation: String) throws(JournalError) {
        // SAFETY: the string lives for the call and is only read.
        let opened = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw JournalError(systemError: errno, operation: operation) }
        descriptor = opened
        while flock(opened, alone ? LOCK_EX : LOCK_SH) != 0 {
            guard errno == EINTR else { throw JournalError(systemError: errno, operation: operation) }
        }
    }

    deinit { close(descriptor) }
}
