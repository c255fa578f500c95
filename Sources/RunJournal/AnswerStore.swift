import Crypto
import Foundation
import GRDB
import JSONSchemas
public import Redaction

/// Answers of models by what was asked, kept across runs in one SQLite file beside the journal.
///
/// It is a cache and no record: the journal says what each run asked and got. Losing the file loses time only, so a
/// failing look-up finds nothing and a failing write is forgotten. Several processes may use one file.
public final class AnswerStore: Sendable {
    private let queue: DatabaseQueue
    private let redactor: Redactor?

    /// Answers kept when the store is opened; the ones that were longest not used go first.
    private static let answerLimit = 100_000
    /// Seconds after which a use is noted again.
    private static let useResolution = 86_400.0

    /// Opens the store at `path`, making the file when it isn't there; the folder has to exist.
    ///
    /// `redactor`: an answer in which it finds something is not kept; it was made from redacted text, so that is rare.
    public init(path: String, redactor: Redactor? = nil) throws(JournalError) {
        self.redactor = redactor
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(1)
        do {
            // For this user only; what hinders shows when the database is opened.
            try? FileHandleOwner.make(path)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS answer(
                            key BLOB PRIMARY KEY, text TEXT NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
                        CREATE INDEX IF NOT EXISTS answer_by_use ON answer(used);
                        DELETE FROM answer WHERE key IN (
                            SELECT key FROM answer ORDER BY used DESC LIMIT -1 OFFSET \(Self.answerLimit));
                        """)
            }
        } catch {
            let isDamaged = [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains((error as? DatabaseError)?.resultCode)
            let reason = (error as? DatabaseError)?.message ?? "\(error)"
            throw JournalError(
                isDamaged ? .corrupt : .io, operation: "use the answers of earlier runs",
                reason: "`\(path)` can't be opened (\(reason))",
                fix: isDamaged ? "Remove that file to start a new one." : "This run goes on without them.")
        }
    }

    /// The answer for `key`, if one is kept.
    public func answer(for key: String) -> String? {
        let hash = Self.hash(key)
        let now = Date().timeIntervalSince1970
        let row = try? queue.read { database in
            try Row.fetchOne(database, sql: "SELECT text, used FROM answer WHERE key = ?", arguments: [hash])
        }
        guard let row, let text = row["text"] as String? else { return nil }
        // Noting the use is worth a write now and then, and never the answer.
        if now - (row["used"] as Double? ?? 0) > Self.useResolution {
            try? queue.write {
                try $0.execute(sql: "UPDATE answer SET used = ? WHERE key = ?", arguments: [now, hash])
            }
        }
        return text
    }

    /// Keeps `text` for `key`, in place of what was there.
    public func keep(_ text: String, for key: String) {
        if let redactor {
            // The text and what it says: JSON may spell a character in more than one way. What can't be read could hide one.
            guard redactor.classes(in: text).isEmpty, let said = try? JSONValue(parsing: Array(text.utf8)),
                !redactor.finds(in: said)
            else { return }
        }
        try? queue.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO answer(key, text, used) VALUES (?, ?, ?)",
                arguments: [Self.hash(key), text, Date().timeIntervalSince1970])
        }
    }

    /// Removes what was not used since `limit`, in nanoseconds since 1970, and overwrites it.
    ///
    /// - Parameter limit: Answers that were last used before it go.
    /// - Returns: How many went.
    /// - Throws: ``JournalError`` where the file refuses.
    @discardableResult
    public func remove(unusedSince limit: Int64) throws(JournalError) -> Int {
        do {
            return try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.execute(
                    sql: "DELETE FROM answer WHERE used < ?", arguments: [Double(limit) / 1_000_000_000])
                let count = database.changesCount
                _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                return count
            }
        } catch {
            throw JournalError(error, operation: "remove the answers of earlier runs")
        }
    }

    /// How many answers were not used since `limit`, in nanoseconds since 1970.
    public func count(unusedSince limit: Int64) throws(JournalError) -> Int {
        do {
            return try queue.read {
                try Int.fetchOne(
                    $0, sql: "SELECT count(*) FROM answer WHERE used < ?", arguments: [Double(limit) / 1_000_000_000])
                    ?? 0
            }
        } catch {
            throw JournalError(error, operation: "read the answers of earlier runs")
        }
    }

    private static func hash(_ key: String) -> Data { Data(SHA256.hash(data: Data(key.utf8))) }
}
