import Crypto
import Foundation
import GRDB

/// Answers of models by what was asked, kept across runs in one SQLite file beside the journal.
///
/// It is a cache and no record: the journal says what each run asked and got. Losing the file loses time only, so a
/// failing look-up finds nothing and a failing write is forgotten. Several processes may use one file.
public final class AnswerStore: Sendable {
    private let queue: DatabaseQueue

    /// Answers kept when the store is opened; the ones that were longest not used go first.
    private static let answerLimit = 100_000
    /// Seconds after which a use is noted again.
    private static let useResolution = 86_400.0

    /// Opens the store at `path`, making the file when it isn't there; the folder has to exist.
    public init(path: String) throws(JournalError) {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(1)
        do {
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
        try? queue.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO answer(key, text, used) VALUES (?, ?, ?)",
                arguments: [Self.hash(key), text, Date().timeIntervalSince1970])
        }
    }

    private static func hash(_ key: String) -> Data { Data(SHA256.hash(data: Data(key.utf8))) }
}
