import Foundation
import Glibc

/// Checkpoints of one journal in a file outside the database: signed notes, one after the other.
struct CheckpointFile: Sendable {
    /// The file.
    let path: String
    /// Whether the file is grown ahead with empty lines, so that adding a note overwrites allocated blocks and costs
    /// 0.2 ms instead of the 4 ms of a file that grows. Without it the file is opened for adding and nothing else, which
    /// is all that append-only files and media allow.
    let isGrownAhead: Bool
    /// Whether a person chose where it is kept.
    let isElsewhere: Bool
    /// Whether it lies outside the state folder.
    let isOutside: Bool
    /// Whether a person named the file itself, which may then be a link.
    var isNamed = false

    private static let growth = 64 * 1024

    /// What the file holds at the end: the last note and what stands behind it.
    struct Tail {
        var last: String?
        var rest: [UInt8] = []
        /// Where the next note goes.
        var end = 0
        var fileByteCount = 0
    }

    /// All notes; nil where there is no file.
    func list() throws(JournalError) -> CheckpointList? {
        // SAFETY: the string lives for the call.
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let operation = "read the checkpoints in `\(path)`"
        return CheckpointList(try open(O_RDONLY, operation: operation).readAll(operation: operation))
    }

    /// The end of the file; nil where there is no file.
    func tail() throws(JournalError) -> Tail? {
        // SAFETY: the string lives for the call.
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let operation = "read the checkpoints in `\(path)`"
        return try Self.tail(of: open(O_RDONLY, operation: operation), operation: operation)
    }

    /// Opens the file, unless it is something that could block whoever reads or writes it.
    private func open(_ flags: Int32, operation: String) throws(JournalError) -> FileHandleOwner {
        let handle = try FileHandleOwner(
            opening: path, flags: flags | O_NONBLOCK | (isNamed ? 0 : O_NOFOLLOW), operation: operation)
        try handle.requireRegular(operation: operation)
        return handle
    }

    /// Adds the notes that `next` returns for the file's last note, in one write, and makes them durable.
    ///
    /// What a power cut left of a note is overwritten by that note, or followed by it where the file is only added to.
    /// Anything else behind the last one stays and is an error, since it may be evidence.
    ///
    /// - Parameters:
    ///   - limit: How long to wait for another process that has the file.
    ///   - next: The notes that come behind the given one.
    /// - Throws: `JournalError` when the file takes them not, or holds what is none.
    func add(within limit: Duration, _ next: (String?) throws -> [String]) throws(JournalError) {
        let operation = "keep a checkpoint in `\(path)`"
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        // SAFETY: the string lives for the call.
        let isNew = unsafe access(path, F_OK) != 0
        if isNew, !isElsewhere { try Self.makeFolder(folder, operation: operation) }
        let handle = try open(O_RDWR | O_CREAT | (isGrownAhead ? 0 : O_APPEND), operation: operation)
        try handle.lock(within: limit, operation: operation)
        let tail = try Self.tail(of: handle, operation: operation)
        let notes: [String]
        do { notes = try next(tail.last) } catch { throw JournalError(error, operation: operation) }
        guard tail.rest.isEmpty || notes.first.map({ Array($0.utf8).starts(with: tail.rest) }) ?? false else {
            throw JournalError(
                .unsigned, operation: operation, reason: "something that is no checkpoint stands at its end",
                fix: "`warrant verify` says more; move the file away to begin another one.")
        }
        let lineFeed = UInt8(ascii: "\n")
        var bytes: [UInt8] = []
        // What is only added to keeps the beginning of a note, and an empty line ends it.
        if !isGrownAhead, !tail.rest.isEmpty { bytes.append(lineFeed) }
        for note in notes {
            if tail.end > 0 || !bytes.isEmpty { bytes.append(lineFeed) }
            bytes += note.utf8
        }
        if isGrownAhead, tail.end + bytes.count + 1 > tail.fileByteCount {
            let wanted = (tail.end + bytes.count) / Self.growth * Self.growth + 2 * Self.growth
            bytes += [UInt8](repeating: lineFeed, count: wanted - tail.end - bytes.count)
        }
        guard !bytes.isEmpty || isNew else { return }
        if isGrownAhead {
            try handle.write(bytes, at: tail.end, operation: operation)
        } else {
            try handle.write(bytes, operation: operation)
        }
        try handle.synchronize(operation: operation)
        if isNew { try FileHandleOwner.synchronize(folder: folder, operation: operation) }
    }

    private static func makeFolder(_ folder: String, operation: String) throws(JournalError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalError(.io, operation: operation, reason: "its folder can't be created")
        }
    }

    /// Reads backward until a whole note is seen: the file may be long, and only its end is needed.
    private static func tail(
        of handle: borrowing FileHandleOwner, operation: String
    ) throws(JournalError) -> Tail {
        var status = stat()
        // SAFETY: the structure is a local variable that outlives the call.
        guard unsafe fstat(handle.descriptor, &status) == 0 else {
            throw JournalError(systemError: errno, operation: operation)
        }
        let count = Int(status.st_size)
        var length = 3 * growth
        while true {
            let start = max(0, count - length)
            let bytes = try handle.read(count - start, at: start, operation: operation)
            // The first note in what was read may have lost its beginning.
            let first = start == 0 ? 0 : bytes.firstRange(of: Array("\n\(Checkpoint.originPrefix)".utf8))?.upperBound
            if let first {
                let shift = start == 0 ? 0 : first - Checkpoint.originPrefix.utf8.count
                let list = CheckpointList(Array(bytes[shift...]))
                if start == 0 || !list.notes.isEmpty {
                    return Tail(
                        last: list.notes.last, rest: list.rest, end: list.notes.isEmpty ? 0 : start + shift + list.end,
                        fileByteCount: count)
                }
            }
            length *= 2
        }
    }
}
