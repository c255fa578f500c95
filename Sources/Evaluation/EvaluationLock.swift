import Glibc

/// The right to work on the evaluation in a folder, held by at most one process at a time.
///
/// A lock on the evaluation's log: the kernel gives it back when the process dies, so a killed evaluation can be gone on
/// with at once.
final class EvaluationLock {
    private var descriptor: Int32?

    /// Takes the lock on the log at `path` in `directory`, making the log where there is none.
    ///
    /// - Throws: `EvaluationBusy` where another process has it, `SuiteError` where the log can't be opened.
    init(logPath path: String, directory: String) throws {
        // SAFETY: the string lives for the call and is only read.
        let opened = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw SuiteError("Can't write `\(path)`: \(Self.text(of: errno)).") }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(opened)
            guard number == EWOULDBLOCK else { throw SuiteError("Can't lock `\(path)`: \(Self.text(of: number)).") }
            throw EvaluationBusy(directory: directory)
        }
        descriptor = opened
    }

    /// Gives the lock back; letting go of the last reference does the same.
    func release() {
        if let descriptor { close(descriptor) }
        descriptor = nil
    }

    deinit { release() }

    private static func text(of number: Int32) -> String {
        // SAFETY: `strerror` returns a terminated string that is copied before the next call on this thread.
        unsafe strerror(number).map { unsafe String(cString: $0) }?.lowercased() ?? "error \(number)"
    }
}
