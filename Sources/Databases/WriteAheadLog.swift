import Foundation

/// The files beside a database in WAL mode, where nothing can be written beside it.
///
/// SQLite makes a `-wal` and a `-shm` file before it reads such a database, unless both are there (sqlite.org/wal.html,
/// "Read-Only Databases").
enum WriteAheadLog {
    /// What SQLite has to be given to open the database at `path` for reading: the path, or an address with the word
    /// that the file isn't changed meanwhile.
    ///
    /// - Throws: `DatabaseToolError` with `.io` where reading would need writing.
    static func location(of path: String) throws(DatabaseToolError) -> String {
        let manager = FileManager.default
        let file = URL(fileURLWithPath: path)
        guard !manager.isWritableFile(atPath: file.deletingLastPathComponent().path), isUsed(by: file),
            !manager.fileExists(atPath: path + "-shm")
        else { return path }
        let log = (try? manager.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int
        guard let log, log > 0 else {
            // The last connection removes the log when it closes, so nobody has the database open. Somebody who opens
            // and changes it while the query runs can spoil the result, not the file.
            return file.absoluteString + "?immutable=1"
        }
        throw DatabaseToolError(
            .io, "open database `\(file.lastPathComponent)`",
            "it is in WAL mode, and what is in its `-wal` file can't be read without its `-shm` file; open and close it "
                + "once with a program that may write there")
    }

    /// Whether the file's header says that the database is in WAL mode (sqlite.org/fileformat.html, offset 19).
    private static func isUsed(by file: URL) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: file), let header = try? handle.read(upToCount: 20) else {
            return false
        }
        return header.count == 20 && header.starts(with: Data("SQLite format 3\0".utf8)) && header[19] == 2
    }
}
