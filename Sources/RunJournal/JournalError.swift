import GRDB

/// An error thrown by the journal. Nothing of a failed append is left behind.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// No space, or a quota, or the page limit is used up.
        case diskFull
        /// Reading or writing failed, or the place cannot be written.
        case io
        /// Another process held the database for longer than the busy timeout.
        case busy
        /// The database or a blob is not what was written.
        case corrupt
        /// No such run, or several match.
        case notFound
        /// Another process works on the run.
        case leased(holder: Int32?)
        /// The database was written by a newer or older program, or is not a journal.
        case wrongFormat
        /// Another process took the run over; this one must not write to it any more.
        case fenced(by: Int)
        /// The journal holds less than, or something else than, a checkpoint that it signed itself.
        case rolledBack
        /// The signing key is gone or another one, or a checkpoint can't be kept outside the database.
        case unsigned
        /// The journal lies where this process may not write; reading works.
        case readOnly
    }

    /// The operation of an append that wrote its entries and failed all the same, since no place outside the database took
    /// the checkpoint of an intent: the effect must not be begun.
    public static let keepingIntent = "keep the intent of an effect outside the database"

    /// What kind of failure happened.
    public let code: Code
    /// What was attempted, such as `append to the journal`.
    public let operation: String
    /// Why it failed.
    public let reason: String
    /// What to do about it, as a sentence.
    public let fix: String?

    /// `Can't <operation>: <reason>.` and the fix.
    public var description: String {
        "Can't \(operation): \(reason)." + (fix.map { " \($0)" } ?? "")
    }

    package init(_ code: Code, operation: String, reason: String, fix: String? = nil) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.fix = fix
    }

    /// That an entry is of a kind that this version doesn't know.
    init(unknownKind kind: String, of sequence: Int) {
        self.init(
            .corrupt, operation: "read entry \(sequence)", reason: "this version does not know its kind `\(kind)`",
            fix: "Use the program that wrote it, or a newer one.")
    }

    /// The journal's error for whatever SQLite or the file system threw.
    init(_ error: any Error, operation: String) {
        switch error {
        case let error as JournalError: self = error
        case let error as DatabaseError: self.init(sqlite: error, operation: operation)
        default: self.init(.io, operation: operation, reason: "\(error)")
        }
    }

    private init(sqlite error: DatabaseError, operation: String) {
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull, operation: operation, reason: "the disk is full",
                fix: "Free some space, then go on with `warrant resume`.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy, operation: operation, reason: "another process holds the journal",
                fix: "Try again when it has finished.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, operation: operation, reason: "the journal's file is damaged",
                fix: "Put a backup in its place, or move it away to start a new one.")
        case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
            self.init(
                .io, operation: operation, reason: "the journal's file was moved or replaced while it was open",
                fix: "Put it back, then start the command again.")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .io, operation: operation, reason: "the journal's file can't be opened for writing",
                fix: "Check the permissions of its folder, or set `WARRANT_HOME`.")
        default:
            self.init(
                .io, operation: operation,
                reason: "\(error.message ?? "unknown error") (SQLite \(error.extendedResultCode.rawValue))")
        }
    }

    /// Whether the file can no longer be relied on, so that this process must not write to it again.
    var endsWriting: Bool {
        switch code {
        case .io, .corrupt: true
        default: false
        }
    }
}
