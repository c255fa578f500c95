import Glibc

/// Large bodies, one file each, named for the hex SHA-256 of their bytes.
///
/// A blob is durable, name included, before the entry that refers to it is written. A blob without an entry
/// (the process died in between) is harmless.
struct BlobFolder: Sendable {
    let path: String

    private func file(_ hash: [UInt8]) -> String { "\(path)/\(EntryHash.hex(hash))" }

    /// Stores the bytes, unless they are there already.
    func store(_ bytes: [UInt8], hash: [UInt8]) throws(JournalError) {
        let operation = "store a blob of \(bytes.count) bytes"
        let target = file(hash)
        if (try? read(hash)) == bytes {
            // Another process may have renamed it and not yet made the name durable.
            return try FileHandleOwner.synchronize(folder: path, operation: operation)
        }
        let temporary = "\(target).\(getpid()).\(UInt64.random(in: 0 ... .max)).partial"
        do throws(JournalError) {
            let handle = try FileHandleOwner(
                opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: operation)
            try handle.write(bytes, operation: operation)
            try handle.synchronize(operation: operation)
            // SAFETY: both strings live for the call and are only read.
            guard unsafe rename(temporary, target) == 0 else {
                throw JournalError(systemError: errno, operation: operation)
            }
        } catch {
            _ = unsafe unlink(temporary)  // SAFETY: the string lives for the call.
            throw error
        }
        try FileHandleOwner.synchronize(folder: path, operation: operation)
    }

    /// Reads the bytes back and checks them against their name.
    func read(_ hash: [UInt8]) throws(JournalError) -> [UInt8] {
        let operation = "read blob `\(EntryHash.hex(hash).prefix(12))`"
        let handle = try FileHandleOwner(opening: file(hash), flags: O_RDONLY, operation: operation)
        let bytes = try handle.readAll(operation: operation)
        guard EntryHash.body(bytes) == hash else {
            throw JournalError(.corrupt, operation: operation, reason: "its content does not match its name")
        }
        return bytes
    }
}
