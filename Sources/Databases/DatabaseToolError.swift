internal import GRDB

/// An error thrown while a tool's database is opened, written or queried.
///
/// Its description never holds a bound parameter or the content of a row. It may hold names of tables,
/// columns and functions, and the word of the statement at which SQLite's parser stopped.
public struct DatabaseToolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: String, Hashable, Sendable {
        /// The statement touches something that is not on its list.
        case denied
        /// The statement is not one complete SQL query, or names something that does not exist.
        case syntax
        /// The statement ran for longer than its limit.
        case timeLimit
        /// A value is larger than the database accepts, or a query takes more than it is given.
        case sizeLimit
        /// A name, row, value or search is not usable as it is.
        case invalid
        /// A file, table or item does not exist.
        case notFound
        /// Another connection held the database for too long; trying again may help.
        case busy
        /// There is no space left for what was to be written.
        case diskFull
        /// The file cannot be read or written, or is not a SQLite database.
        case io
    }

    /// What kind of failure happened.
    public let code: Code
    /// What was attempted, as a verb and its object: "run query", "write table `items`".
    public let operation: String
    /// Why it failed, without a full stop.
    public let reason: String

    /// `Can't <operation>: <reason>.`
    public var description: String { "Can't \(operation): \(reason)." }

    package init(_ code: Code, _ operation: String, _ reason: String) {
        self.code = code
        self.operation = operation
        self.reason = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
    }
}

extension DatabaseToolError {
    /// Turns whatever GRDB threw during `operation` into one of ours.
    package init(_ error: any Error, during operation: String) {
        if let error = error as? DatabaseToolError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.io, operation, "\(error)")
            return
        }
        let message = error.message ?? "SQLite gave result code \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self.init(.diskFull, operation, "no space is left on the disk")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, operation, "another process is using the database")
        case .SQLITE_AUTH: self.init(.denied, operation, message)
        case .SQLITE_ERROR, .SQLITE_MISUSE, .SQLITE_RANGE: self.init(.syntax, operation, message)
        case .SQLITE_TOOBIG:
            self.init(.sizeLimit, operation, "a text or value is larger than the database accepts")
        case .SQLITE_INTERRUPT: self.init(.timeLimit, operation, "it was interrupted")
        case .SQLITE_NOTADB: self.init(.io, operation, "the file is not a SQLite database")
        case .SQLITE_CORRUPT: self.init(.io, operation, "the database file is damaged")
        case .SQLITE_READONLY: self.init(.io, operation, "the database cannot be written")
        default: self.init(.io, operation, message)
        }
    }
}

/// Runs `body` and turns its errors into `DatabaseToolError`.
func reportingErrors<Value>(
    during operation: String, _ body: () throws -> Value
) throws(DatabaseToolError) -> Value {
    do {
        return try body()
    } catch {
        throw DatabaseToolError(error, during: operation)
    }
}
