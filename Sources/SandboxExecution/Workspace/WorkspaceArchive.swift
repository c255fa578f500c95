internal import CKernelCalls
import Glibc

/// A workspace archive while it is written into memory; the format is that of ``ArchiveRecord``.
struct WorkspaceArchive: ~Copyable {
    private let operation: String
    private let memory: OwnedDescriptor
    /// How many bytes have been written.
    private(set) var byteCount = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 18)

    /// An empty archive; `operation` is what it is for, in case there is no memory.
    init(operation: String) throws(SandboxError) {
        self.operation = operation
        // Unsafe only for the name's pointer, which lives as long as the call.
        let raw = unsafe warrant_memory_file("workspace")
        guard raw >= 0 else { throw Self.failure(operation) }
        memory = OwnedDescriptor(raw)
    }

    /// Adds a folder, or a link with its target.
    ///
    /// - Returns: where the content begins in the archive.
    @discardableResult
    mutating func append(
        _ path: ConfinedPath, status: EntryStatus, content: [UInt8] = []
    ) throws(ConfinedFolderError) -> Int {
        let record = ArchiveRecord(of: path, status: status, contentByteCount: content.count)
        let bytes = record.head + path.bytes + content
        try memory.write(bytes, count: bytes.count, at: byteCount)
        byteCount += bytes.count
        return byteCount - content.count
    }

    /// Adds a file with as many bytes as it had when it was opened, or fewer if it has become shorter since.
    ///
    /// - Returns: where the content lies in the archive.
    mutating func append(
        _ path: ConfinedPath, file: borrowing ConfinedFolder.OpenFile
    ) throws(ConfinedFolderError) -> Range<Int> {
        let start = byteCount + ArchiveRecord.headByteCount + path.bytes.count
        var count = 0
        while count < file.status.byteCount {
            let wanted = min(chunk.count, file.status.byteCount - count)
            let got = try file.descriptor.read(into: &chunk, count: wanted, at: count)
            try memory.write(chunk, count: got, at: start + count)
            count += got
            if got < wanted { break }
        }
        // The head comes last: only now is it known how long the content is.
        let head = ArchiveRecord(of: path, status: file.status, contentByteCount: count).head + path.bytes
        try memory.write(head, count: head.count, at: byteCount)
        byteCount = start + count
        return start..<byteCount
    }

    /// Ends the writing: from now on nobody can change a byte.
    consuming func sealed() throws(SandboxError) -> OwnedDescriptor {
        guard warrant_seal(memory.raw) == 0 else { throw Self.failure(operation) }
        return memory
    }

    private static func failure(_ operation: String) -> SandboxError {
        let error = ConfinedFolderError.last
        return SandboxError(.systemFailed, operation: operation, reason: error.reason, systemError: error.systemError)
    }
}
