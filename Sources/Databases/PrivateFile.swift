import Glibc

/// A database's file, which is its user's own matter.
enum PrivateFile {
    /// Makes the file, for this user only, where there is none. SQLite would let others read it, and gives the files that
    /// it makes beside it the same permissions. What hinders shows when the database is opened.
    static func reserve(_ path: String) {
        // SAFETY: the string lives for the call and is only read.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }
}
