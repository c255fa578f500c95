import Glibc

/// A program that is started by descriptor, since its path leads nowhere inside.
final class ProgramFile: Sendable {
    private let owned: OwnedDescriptor

    /// The open file.
    var descriptor: CInt { owned.raw }

    /// Opens the file at `path`; nil where it is no file, or one that the caller can't read and nobody may execute.
    init?(_ path: String) {
        // Without waiting: a path that names a pipe would otherwise hold the caller until somebody writes to it.
        // Unsafe only for the path pointer, which lives as long as the call.
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard raw >= 0 else { return nil }
        let file = OwnedDescriptor(raw)
        var status = stat()
        // The structure outlives the call.
        guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o111 != 0 else {
            return nil
        }
        owned = file
    }
}
