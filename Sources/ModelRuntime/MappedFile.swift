import Glibc
import Synchronization

/// The parts of this process's memory that are a file's pages.
package enum MappedFile {
    /// Threads that map or unmap files, and whose pages are given back when the last of them is done.
    private struct Changes {
        var count = 0
        var waiting: Set<String> = []
    }

    private static let changes = Mutex(Changes())

    /// What `body` returns, which maps files or ends mappings. Pages are given back before or after, never meanwhile: what
    /// was a file's when the list was read may be another thread's heap by then, and its contents would be lost.
    package static func changing<Value: ~Copyable>(_ body: () -> Value) -> Value {
        changes.withLock { $0.count += 1 }
        defer {
            changes.withLock { changes in
                changes.count -= 1
                guard changes.count == 0 else { return }
                for path in changes.waiting { giveBack(path) }
                changes.waiting = []
            }
        }
        return body()
    }

    /// Gives the pages of the file at `path` back that are mapped to be read only; they come in again as they are used.
    /// While other threads are ``changing(_:)`` mappings, that waits for them; this call doesn't.
    package static func release(path: String) {
        changes.withLock { changes in
            if changes.count == 0 { giveBack(path) } else { changes.waiting.insert(path) }
        }
    }

    /// Source: madvise(2), `MADV_DONTNEED`: pages of a shared mapping are read from the file, or its cache, again. Those of
    /// any other memory are zeros afterwards.
    private static func giveBack(_ path: String) {
        guard let real = unsafe realpath(path, nil) else { return }
        // Made by `realpath` and freed here.
        defer { unsafe free(real) }
        let name = unsafe String(cString: real)
        for range in ranges(of: name, in: text(ofProcessFile: "/proc/self/maps")) {
            // The kernel names what is mapped. What is only advice may fail: then the pages stay.
            _ = unsafe madvise(
                UnsafeMutableRawPointer(bitPattern: range.lowerBound), Int(range.upperBound - range.lowerBound),
                MADV_DONTNEED)
        }
    }

    /// All of a file of proc(5), empty where it can't be read. Each read gives a part of it and only an empty one is its
    /// end; Foundation takes a short one for the end.
    package static func text(ofProcessFile path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Writes into the array's own storage, at most its count.
            let count = unsafe part.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }

    /// The addresses at which `name` is mapped shared and to be read only, by proc_pid_maps(5).
    package static func ranges(of name: String, in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard parts.count == 6, parts[1] == "r--s", parts[5].drop(while: { $0 == " " }) == name else { return nil }
            let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
    }
}
