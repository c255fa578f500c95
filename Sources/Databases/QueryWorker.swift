/// Runs read-only queries on a SQLite file of the user's.
///
/// Every query opens a connection of its own, so that a file replaced between two calls is read anew and
/// nothing stays locked. A database in WAL mode needs its folder to be writable, or its `-wal` file to be
/// gone: SQLite shares locks there.
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
        try GuardedConnection(path: path).run(request)
    }
}
