import Glibc

/// Owns one file descriptor; closed when the value's life ends. Not inherited by child processes.
struct FileHandleOwner: ~Copyable {
    let descriptor: Int32

    deinit { close(descriptor) }

    /// Opens a file, or throws the journal's error for `operation`.
    init(opening path: String, flags: Int32, mode: mode_t = 0o600, operation: String) throws(JournalError) {
        // SAFETY: the string's bytes live for the call and are only read.
        let opened = unsafe open(path, flags | O_CLOEXEC, mode)
        guard opened >= 0 else { throw JournalError(systemError: errno, operation: operation) }
        descriptor = opened
    }

    /// Writes all bytes.
    func write(_ bytes: [UInt8], operation: String) throws(JournalError) {
        var done = 0
        while done < bytes.count {
            // SAFETY: the buffer is valid for the call, and `done` never passes its count.
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw JournalError(systemError: errno, operation: operation)
            }
            done += written
        }
    }

    /// Reads the file from its start to its end.
    func readAll(operation: String) throws(JournalError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let offset = off_t(bytes.count)
            // SAFETY: the buffer is valid for the call and at most its count is written.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw JournalError(systemError: errno, operation: operation)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Makes the file's content durable.
    func synchronize(operation: String) throws(JournalError) {
        guard fsync(descriptor) == 0 else { throw JournalError(systemError: errno, operation: operation) }
    }

    /// Makes the names in a folder durable.
    static func synchronize(folder: String, operation: String) throws(JournalError) {
        try FileHandleOwner(opening: folder, flags: O_RDONLY | O_DIRECTORY, operation: operation)
            .synchronize(operation: operation)
    }
}

extension JournalError {
    init(systemError number: Int32, operation: String) {
        let isFull = number == ENOSPC || number == EDQUOT
        // SAFETY: `strerror` returns a terminated string that is copied before the next call on this thread.
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        self.init(
            isFull ? .diskFull : .io, operation: operation,
            reason: isFull ? "the disk is full" : text.lowercased(),
            fix: isFull ? "Free some space, then go on with `warrant resume`." : nil)
    }
}
