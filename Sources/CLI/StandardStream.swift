import Glibc

/// This program's own standard streams, as descriptors.
enum StandardStream {
    /// What came of reading standard input.
    enum Input {
        /// All of it.
        case read([UInt8])
        /// It didn't end in time.
        case late
        /// There is more than the limit.
        case tooLong
        /// The system's reason, as words that fit after a colon.
        case failed(String)
    }

    /// Reads standard input to its end.
    static func readInput(byteLimit: Int, within time: Duration) -> Input {
        let end = ContinuousClock.now + time
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let left = end - ContinuousClock.now
            guard left > .zero else { return .late }
            var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            // One entry is passed, and it outlives the call. A day is the longest time there is, so it fits.
            let ready = unsafe poll(&entry, 1, CInt(min(left / .milliseconds(1), 86_400_000).rounded(.up)))
            if ready < 0, errno != EINTR { return .failed(reason(errno)) }
            guard ready > 0 else { continue }
            // The buffer outlives the call and its true size is passed.
            let count = unsafe read(0, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return .failed(reason(errno))
            }
            if count == 0 { return .read(bytes) }
            bytes += chunk.prefix(count)
            if bytes.count > byteLimit { return .tooLong }
        }
    }

    /// Writes bytes; the system error number when that fails, `ETIMEDOUT` when nobody read them until `isOver`.
    static func write(_ bytes: [UInt8], to descriptor: CInt, until isOver: () -> Bool) -> CInt? {
        var rest = bytes[...]
        while !rest.isEmpty {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // One entry is passed, and it outlives the call.
            let ready = unsafe poll(&entry, 1, 100)
            if ready < 0, errno != EINTR { return errno }
            guard ready > 0 else {
                if isOver() { return ETIMEDOUT }
                continue
            }
            // A pipe that is ready takes as much as this without waiting (pipe(7), PIPE_BUF).
            let part = rest.prefix(4096)
            // The buffer outlives the call and its true size is passed.
            let count = unsafe part.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                return errno
            }
        }
        return nil
    }

    /// Whether the caller closed a standard stream. What has its number by now was opened by this program, marked to be
    /// closed by exec(3), which an inherited stream never is.
    static func isClosed(_ descriptor: CInt) -> Bool {
        let flags = fcntl(descriptor, F_GETFD)
        return flags < 0 || flags & FD_CLOEXEC != 0
    }

    /// A system error number in words.
    static func reason(_ number: CInt) -> String {
        // strerror's result is copied at once; other threads of this program don't call it.
        unsafe String(cString: strerror(number))
    }
}
