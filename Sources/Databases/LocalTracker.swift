public import Foundation
internal import GRDB
internal import JSONSchemas

/// An issue tracker in one SQLite file, for work without a network and for tests of filing.
///
/// An issue is durable when `create` returns (WAL, synchronous FULL). Several processes may use one file.
public final class LocalTracker: Sendable {
    private let queue: DatabaseQueue

    private static let pair = FullTextPair(name: "issues", columnCount: 2)
    private static let columns = "id, project, title, body, labels, state, marker, created"

    /// Opens the tracker at `path`, making the file when it isn't there; the folder has to exist.
    public init(path: String) throws(DatabaseToolError) {
        let operation = "open tracker `\(URL(fileURLWithPath: path).lastPathComponent)`"
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        queue = try reportingErrors(during: operation) { () throws in
            PrivateFile.reserve(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            // GRDB sets NORMAL with WAL, after `prepareDatabase`; NORMAL may lose the last commits when power
            // fails.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try queue.write { try Self.makeTables(in: $0) }
            return queue
        }
    }

    /// Makes what is missing. The transaction has to be an immediate one, as `write` begins it: of several processes that
    /// open a new tracker at once only the first makes the tables, and the others see them.
    private static func makeTables(in database: Database) throws {
        if try !database.tableExists("issues") {
            try database.execute(
                sql: """
                    CREATE TABLE issues(
                        id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, title TEXT NOT NULL,
                        body TEXT NOT NULL, labels TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open',
                        marker TEXT NOT NULL UNIQUE, created TEXT NOT NULL);
                    CREATE INDEX issues_by_project ON issues(project, id);
                    """)
            try pair.create(in: database)
        }
        if try !database.tableExists("comments") {
            try database.execute(
                sql: """
                    CREATE TABLE comments(
                        id INTEGER PRIMARY KEY AUTOINCREMENT, issue INTEGER NOT NULL REFERENCES issues(id),
                        body TEXT NOT NULL, marker TEXT NOT NULL UNIQUE, created TEXT NOT NULL);
                    """)
        }
    }

    /// Files `draft` unless an issue with this marker exists, and returns the issue with this marker.
    ///
    /// Both happen in one transaction, so a second call, from this process or another, returns the first
    /// call's issue unchanged.
    public func create(
        _ draft: IssueDraft, marker: String, now: Date = Date()
    ) throws(DatabaseToolError) -> TrackedIssue {
        let operation = "file issue"
        guard !draft.project.isEmpty, !draft.title.isEmpty, !marker.isEmpty else {
            throw DatabaseToolError(.invalid, operation, "project, title and marker are needed")
        }
        return try reportingErrors(during: operation) { () throws in
            // `write` begins an immediate transaction: the look-up and the insertion see one state.
            try queue.write { database in
                if let issue = try Self.issue(marker: marker, in: database) { return issue }
                try database.execute(
                    sql:
                        "INSERT INTO issues(project, title, body, labels, marker, created) VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        draft.project, draft.title, draft.body,
                        JSONValue.array(draft.labels.map { .string($0) }).serialized(.compact), marker,
                        now.formatted(Self.timeStyle),
                    ])
                try Self.pair.insert(
                    [draft.title, draft.body], row: database.lastInsertedRowID, in: database)
                guard let issue = try Self.issue(marker: marker, in: database) else {
                    throw DatabaseToolError(.io, operation, "it can't be read back")
                }
                return issue
            }
        }
    }

    /// The issues of `project` whose title or body fits `query` best, best first.
    public func find(
        query: String, project: String, limit: Int
    ) throws(DatabaseToolError) -> [TrackedIssue] {
        try reportingErrors(during: "find issues") { () throws in
            try queue.read { database in
                let hits = try Self.pair.search(
                    SearchTerms(query), limit: limit,
                    filter: "rowid IN (SELECT id FROM issues WHERE project = ?)",
                    arguments: [project], in: database)
                return try hits.compactMap { hit in
                    try Row.fetchOne(
                        database, sql: "SELECT \(Self.columns) FROM issues WHERE id = ?", arguments: [hit.row]
                    ).map(Self.issue)
                }
            }
        }
    }

    /// The issue with this marker, or nil.
    public func issue(marker: String) throws(DatabaseToolError) -> TrackedIssue? {
        try reportingErrors(during: "read issue") { () throws in
            try queue.read { try Self.issue(marker: marker, in: $0) }
        }
    }

    /// The issues of one project, or of all, oldest first.
    public func list(project: String? = nil, limit: Int = 1_000) throws(DatabaseToolError) -> [TrackedIssue] {
        try reportingErrors(during: "list issues") { () throws in
            try queue.read { database in
                try Row.fetchAll(
                    database,
                    sql:
                        "SELECT \(Self.columns) FROM issues WHERE ? IS NULL OR project = ? ORDER BY id LIMIT ?",
                    arguments: [project, project, limit]
                ).map(Self.issue)
            }
        }
    }

    /// The open issues of a project, newest first.
    public func open(project: String, limit: Int) throws(DatabaseToolError) -> [TrackedIssue] {
        try reportingErrors(during: "list issues") { () throws in
            try queue.read { database in
                try Row.fetchAll(
                    database,
                    sql:
                        "SELECT \(Self.columns) FROM issues WHERE project = ? AND state = 'open' ORDER BY id DESC LIMIT ?",
                    arguments: [project, limit]
                ).map(Self.issue)
            }
        }
    }

    /// The issue with this number, if it is one of `project`.
    public func issue(id: Int, project: String) throws(DatabaseToolError) -> TrackedIssue? {
        try reportingErrors(during: "read issue") { () throws in
            try queue.read { try Self.issue(id: id, project: project, in: $0) }
        }
    }

    /// Adds a comment unless there is one with this marker, and returns the number of the one with this marker.
    public func comment(
        _ body: String, issue: Int, marker: String, now: Date = Date()
    ) throws(DatabaseToolError) -> Int {
        try reportingErrors(during: "add comment") { () throws in
            try queue.write { database in
                if let known = try Self.comment(marker: marker, in: database) { return known }
                try database.execute(
                    sql: "INSERT INTO comments(issue, body, marker, created) VALUES (?, ?, ?, ?)",
                    arguments: [issue, body, marker, now.formatted(Self.timeStyle)])
                return Int(database.lastInsertedRowID)
            }
        }
    }

    /// The number of the comment with this marker, or nil.
    public func comment(marker: String) throws(DatabaseToolError) -> Int? {
        try reportingErrors(during: "read comment") { () throws in
            try queue.read { try Self.comment(marker: marker, in: $0) }
        }
    }

    /// The comments of an issue, oldest first.
    public func comments(issue: Int) throws(DatabaseToolError) -> [String] {
        try reportingErrors(during: "read comments") { () throws in
            try queue.read {
                try String.fetchAll(
                    $0, sql: "SELECT body FROM comments WHERE issue = ? ORDER BY id", arguments: [issue])
            }
        }
    }

    /// Adds the labels that the issue doesn't have, and closes it if asked to; nil when `project` has no such issue.
    public func change(
        issue id: Int, project: String, addingLabels labels: [String], closing: Bool
    ) throws(DatabaseToolError) -> TrackedIssue? {
        try reportingErrors(during: "change issue") { () throws in
            try queue.write { database in
                guard let issue = try Self.issue(id: id, project: project, in: database) else { return nil }
                var all = issue.labels
                for label in labels where !all.contains(label) { all.append(label) }
                try database.execute(
                    sql: "UPDATE issues SET labels = ?, state = ? WHERE id = ?",
                    arguments: [
                        JSONValue.array(all.map { .string($0) }).serialized(.compact),
                        closing ? "closed" : issue.state, id,
                    ])
                return try Self.issue(id: id, project: project, in: database)
            }
        }
    }

    private static func issue(id: Int, project: String, in database: Database) throws -> TrackedIssue? {
        try Row.fetchOne(
            database, sql: "SELECT \(columns) FROM issues WHERE id = ? AND project = ?", arguments: [id, project]
        ).map(issue)
    }

    private static func comment(marker: String, in database: Database) throws -> Int? {
        try Int.fetchOne(database, sql: "SELECT id FROM comments WHERE marker = ?", arguments: [marker])
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func issue(marker: String, in database: Database) throws -> TrackedIssue? {
        try Row.fetchOne(
            database, sql: "SELECT \(columns) FROM issues WHERE marker = ?", arguments: [marker]
        ).map(issue)
    }

    private static func issue(_ row: Row) throws -> TrackedIssue {
        let labels = try JSONValue(parsing: row["labels"] as String).arrayValue ?? []
        return TrackedIssue(
            id: row["id"], project: row["project"], title: row["title"], body: row["body"],
            labels: labels.compactMap(\.stringValue), state: row["state"], marker: row["marker"],
            created: row["created"])
    }
}
