import Glibc
import Synchronization

/// The right to work on one run, held by at most one process at a time.
///
/// A lock on a file beside the database: the kernel gives it back when the process dies, so a killed run can be
/// resumed at once and no pid is ever mistaken. The file's content, the holder's pid, is for people only.
public final class RunLease: Sendable {
    /// The run.
    public let run: RunID
    private let lock: LockedFile

    init(run: RunID, folder: String) throws(JournalError) {
        self.run = run
        lock = try LockedFile(path: "\(folder)/\(run).lock", operation: "lease run `\(run)`")
    }

    /// Gives the lease back; letting go of the last reference does the same.
    public func release() { lock.release() }

    deinit { lock.release() }
}

/// A file locked by this process, removed when it is released.
final class LockedFile: Sendable {
    private let path: String
    private let held: Mutex<Int32?>

    init(path: String, operation: String) throws(JournalError) {
        self.path = path
        var unnamedHolderCount = 0
        while true {
            // SAFETY: the string lives for the call and is only read.
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw JournalError(systemError: errno, operation: operation) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let number = errno
                let holder = LockedFile.holder(path: path)
                close(descriptor)
                guard number == EWOULDBLOCK else {
                    throw JournalError(systemError: number, operation: operation)
                }
                // Nobody holds it any more, or somebody only looked (`holder` locks for a moment): try again.
                if holder == nil, unnamedHolderCount < 100 {
                    unnamedHolderCount += 1
                    // Not `Task.sleep`: taking a lease is synchronous, so that nothing runs between it and the run.
                    usleep(1_000)
                    continue
                }
                throw JournalError(
                    .leased(holder: holder), operation: operation,
                    reason: "process \(holder.map { "\($0)" } ?? "(unknown)") is working on it",
                    fix: "Wait until it ends, or end that process.")
            }
            // The holder before us may have removed the file between our `open` and our `flock`; then we
            // hold a lock on a file that nobody else can find.
            guard LockedFile.isSameFile(descriptor, path) else {
                close(descriptor)
                continue
            }
            held = Mutex(descriptor)
            ftruncate(descriptor, 0)
            let text = Array("\(getpid())\n".utf8)
            // SAFETY: the buffer is valid for the call. A failed write costs only the pid in the message.
            _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
            return
        }
    }

    func release() {
        held.withLock { descriptor in
            guard let open = descriptor else { return }
            // Removed while still locked, so that nobody can lock the old file and another the new one.
            _ = unsafe unlink(path)  // SAFETY: the string lives for the call.
            close(open)
            descriptor = nil
        }
    }

    deinit { release() }

    /// The pid written in a lock file that another open file holds, or nil.
    static func holder(path: String) -> Int32? {
        guard let handle = try? FileHandleOwner(opening: path, flags: O_RDONLY, operation: "read a lease"),
            let bytes = try? handle.readAll(operation: "read a lease")
        else { return nil }
        if flock(handle.descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).split(separator: "\n").first ?? "")
    }

    private static func isSameFile(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        // SAFETY: both structures and the string live for the calls.
        guard unsafe fstat(descriptor, &opened) == 0, unsafe stat(path, &named) == 0 else { return false }
        return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }
}
