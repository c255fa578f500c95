/// Runs read-only queries on a SQLite file of the user's.
///
/// Every query opens a connection of its own, so that a file replaced between two calls is read anew and
/// nothing stays locked. Nothing is kept away from the process that this runs in but by SQLite's own rules, so for a
/// file from anywhere that process is one in a sandbox: see `FileQuery`.
///
/// A database in WAL mode, where its folder can't be written to:
///
/// | beside it | what happens |
/// | --- | --- |
/// | nothing, or an empty `-wal` | It is read, on the word that nobody changes it meanwhile. |
/// | `-wal` and `-shm` | It is read, also while others write. |
/// | `-wal` alone | An error: SQLite would have to make the other one. |
public struct QueryWorker: Hashable, Sendable {
    /// The database file.
    public let path: String

    /// Makes a worker for the file at `path`; nothing is opened yet.
    public init(path: String) {
        self.path = path
    }

    /// Runs one query under the limits of the request.
    ///
    /// - Throws: `DatabaseToolError`: `.notFound` without a file, `.denied` for anything not on the lists,
    ///   `.syntax`, `.timeLimit`.
    public func query(_ request: QueryRequest) throws(DatabaseToolError) -> QueryResult {
        try GuardedConnection(path: path, location: WriteAheadLog.location(of: path)).run(request)
    }
}
