import Glibc

/// Large bodies, one file each, named for the hex SHA-256 of salt and bytes.
///
/// A blob is durable, name included, before the entry that refers to it is written. A blob without an entry
/// (the process died in between) is harmless, and pruning removes it.
struct BlobFolder: Sendable {
    let path: String
    /// The file of the folder's ``BlobLock``.
    let lockPath: String
    /// See ``JournalOptions/faultPoint``.
    let pass: @Sendable (JournalFaultPoint) -> Void

    func file(_ hash: some Sequence<UInt8>) -> String { "\(path)/\(EntryHash.hex(hash))" }

    /// Stores the bytes.
    func store(_ bytes: [UInt8], hash: [UInt8]) throws(JournalError) {
        let operation = "store a blob of \(bytes.count) bytes"
        let target = file(hash)
        let temporary = "\(target).\(getpid()).\(UInt64.random(in: 0 ... .max)).partial"
        do throws(JournalError) {
            let handle = try FileHandleOwner(
                opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: operation)
            try handle.write(bytes, operation: operation)
            try handle.synchronize(operation: operation)
            pass(.blobWritten)
            // SAFETY: both strings live for the call and are only read.
            guard unsafe rename(temporary, target) == 0 else {
                throw JournalError(systemError: errno, operation: operation)
            }
        } catch {
            _ = unsafe unlink(temporary)  // SAFETY: the string lives for the call.
            throw error
        }
        pass(.blobNamed)
        try FileHandleOwner.synchronize(folder: path, operation: operation)
    }

    /// Reads the bytes back and checks them against their name.
    func read(_ hash: [UInt8], salt: [UInt8]) throws(JournalError) -> [UInt8] {
        let operation = "read blob `\(EntryHash.hex(hash).prefix(12))`"
        let handle = try FileHandleOwner(opening: file(hash), flags: O_RDONLY, operation: operation)
        let bytes = try handle.readAll(operation: operation)
        guard EntryHash.body(bytes, salt: salt) == hash else {
            throw JournalError(.corrupt, operation: operation, reason: "its content does not match its name")
        }
        return bytes
    }

    /// Removes a file of this folder; one that isn't there is as good.
    func remove(_ name: String) throws(JournalError) {
        // SAFETY: the string lives for the call.
        guard unsafe unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
            throw JournalError(systemError: errno, operation: "remove `blobs/\(name)`")
        }
    }

    /// Whether a name in this folder is a regular file's; anything else was not stored here.
    func isFile(_ name: String) -> Bool {
        var status = stat()
        // SAFETY: the string and the structure live for the call.
        return unsafe lstat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
