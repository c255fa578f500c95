import Databases
import Foundation

/// A database file of the user's, and what SQLite has put beside it.
struct DatabaseFile {
    /// The file's absolute path with links followed, as SQLite follows them to find what lies beside it.
    let path: String
    /// The file and its companions: rollback journal, write-ahead log and its index.
    let files: [String]

    /// Looks at what is there now.
    ///
    /// - Throws: `DatabaseToolError`: `.notFound` without a file, `.io` for a folder or a device.
    init(path given: String) throws(DatabaseToolError) {
        let named = URL(fileURLWithPath: given)
        let operation = "open database `\(named.lastPathComponent)`"
        guard FileManager.default.fileExists(atPath: given) else {
            throw DatabaseToolError(.notFound, operation, "the file does not exist")
        }
        let found = named.resolvingSymlinksInPath().path
        guard Self.isRegularFile(found) else { throw DatabaseToolError(.io, operation, "it is not a file") }
        path = found
        // A link beside the database could lead to any file of the machine, which the query's process would be shown.
        files = [found] + ["-journal", "-wal", "-shm"].map { found + $0 }.filter(Self.isRegularFile)
    }

    /// Whether the path itself, and not only a link's target, is an ordinary file.
    private static func isRegularFile(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeRegular
    }
}
