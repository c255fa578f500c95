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

    /// Makes a file for this user only, where there is none.
    static func make(_ path: String, operation: String = "make a file") throws(JournalError) {
        try FileHandleOwner(opening: path, flags: O_RDWR | O_CREAT | O_NONBLOCK, operation: operation)
            .requireRegular(operation: operation)
    }

    /// Locks the file for this descriptor alone, waiting for another's lock for at most `limit`: whoever may read a file can
    /// lock it for ever.
    func lock(within limit: Duration, operation: String) throws(JournalError) {
        let end = ContinuousClock.now + limit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw JournalError(systemError: errno, operation: operation)
            }
            guard ContinuousClock.now < end else {
                throw JournalError(
                    .busy, operation: operation, reason: "another process has held the file's lock for \(limit)",
                    fix: "Try again when it has finished.")
            }
            // Not `Task.sleep`: writing is synchronous.
            usleep(1_000)
        }
    }

    /// Throws unless the file is a regular one: a pipe or a device could block, or take what is written away.
    func requireRegular(operation: String) throws(JournalError) {
        var status = stat()
        // SAFETY: the structure is a local variable that outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw JournalError(systemError: errno, operation: operation)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw JournalError(.io, operation: operation, reason: "it is no regular file")
        }
    }

    /// Throws where others than the owner may do anything with the file.
    func requirePrivate(
        _ path: String, code: JournalError.Code = .io, operation: String
    ) throws(JournalError) {
        var status = stat()
        // SAFETY: the structure is a local variable that outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw JournalError(systemError: errno, operation: operation)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw JournalError(
                code, operation: operation, reason: "others may read `\(path)`", fix: "Run `chmod 600 \(path)`.")
        }
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

    /// Writes all bytes at a place in the file.
    func write(_ bytes: [UInt8], at offset: Int, operation: String) throws(JournalError) {
        var done = 0
        while done < bytes.count {
            // SAFETY: the buffer is valid for the call, and `done` never passes its count.
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset + done))
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw JournalError(systemError: errno, operation: operation)
            }
            done += written
        }
    }

    /// Reads bytes at a place in the file; fewer where it ends.
    func read(_ count: Int, at offset: Int, operation: String) throws(JournalError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            // SAFETY: the buffer is valid for the call, and `done` never passes its count.
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset + done))
            }
            if read < 0 {
                if errno == EINTR { continue }
                throw JournalError(systemError: errno, operation: operation)
            }
            if read == 0 { break }
            done += read
        }
        return Array(bytes[..<done])
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
