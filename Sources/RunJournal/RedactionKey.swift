import Glibc

/// The key that redaction's tokens are made with: 32 random bytes in `redaction.key`, for this user only.
///
/// It is made once and is in no record. Who removes it makes the tokens of the past unjoinable: the same value gets another
/// token from then on, and nobody can tell any more which value a token stands for by trying.
public enum RedactionKey {
    private static let byteCount = 32

    /// The key in `folder`, made where there is none. Two processes that make it at once get the same.
    ///
    /// - Parameter folder: `keys/` in the state folder; made where it is missing, mode 0700.
    /// - Returns: 32 bytes.
    /// - Throws: ``JournalError`` where the file can't be read or written, has another size, or others may read it.
    public static func load(folder: String) throws(JournalError) -> [UInt8] {
        let operation = "use the redaction key"
        let path = folder + "/redaction.key"
        // The folder may be there already; what else is wrong with it shows when the file is opened.
        // SAFETY: the string lives for the call and is only read.
        _ = unsafe mkdir(folder, 0o700)
        if let bytes = try read(path, operation) { return bytes }
        try make(path, in: folder, operation)
        guard let bytes = try read(path, operation) else {
            throw JournalError(.io, operation: operation, reason: "`\(path)` vanished while it was made")
        }
        return bytes
    }

    private static func read(_ path: String, _ operation: String) throws(JournalError) -> [UInt8]? {
        let handle: FileHandleOwner
        do {
            handle = try FileHandleOwner(opening: path, flags: O_RDONLY | O_NOFOLLOW, operation: operation)
        } catch {
            if errno == ENOENT { return nil }
            throw error
        }
        try handle.requirePrivate(path, operation: operation)
        let bytes = try handle.readAll(operation: operation)
        guard bytes.count == byteCount else {
            throw JournalError(
                .corrupt, operation: operation,
                reason: "`\(path)` has \(bytes.count) bytes and not \(byteCount)",
                fix: "Put a copy in its place, or remove it: the same values then get other tokens.")
        }
        return bytes
    }

    private static func make(_ path: String, in folder: String, _ operation: String) throws(JournalError) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let temporary = "\(path).\(getpid()).\(UInt64.random(in: 0 ... .max)).partial"
        do throws(JournalError) {
            let handle = try FileHandleOwner(
                opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: operation)
            try handle.write(bytes, operation: operation)
            try handle.synchronize(operation: operation)
            // A link and not a rename: whoever comes second must not replace the first one's key.
            // SAFETY: both strings live for the call and are only read.
            guard unsafe link(temporary, path) == 0 || errno == EEXIST else {
                throw JournalError(systemError: errno, operation: operation)
            }
        } catch {
            _ = unsafe unlink(temporary)  // SAFETY: the string lives for the call.
            throw error
        }
        _ = unsafe unlink(temporary)  // SAFETY: the string lives for the call.
        try FileHandleOwner.synchronize(folder: folder, operation: operation)
    }
}
