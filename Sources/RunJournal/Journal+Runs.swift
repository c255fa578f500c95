import GRDB
import JSONSchemas

extension Journal {
    private static let summaryColumns = """
        SELECT run.*, begun.body, begun.blob_hash, blob.salt, blob.bytes, blob.place, blob.erased_sequence,
            (SELECT count(*) FROM entry WHERE entry.run = run.id) AS entry_count,
            (SELECT wall_ns FROM entry WHERE entry.run = run.id ORDER BY sequence DESC LIMIT 1) AS updated_ns,
            (SELECT count(*) FROM approval WHERE approval.run = run.id AND recorded_sequence IS NULL) AS open_count
        FROM run JOIN entry AS begun ON begun.sequence = run.started_sequence
        LEFT JOIN blob ON blob.sequence = begun.sequence
        """

    /// Runs, newest first: all that pass the filter, up to its limit.
    public func runs(_ filter: RunFilter) throws(JournalError) -> [RunSummary] {
        try summaries(
            """
            WHERE (?1 IS NULL OR run.state = ?1) AND (?2 IS NULL OR run.workflow = ?2)
                AND (?3 IS NULL OR run.started_ns >= ?3) AND (?4 IS NULL OR run.started_ns < ?4)
                AND (?5 = 0 OR (run.state IN ('running', 'parked') AND EXISTS (
                    SELECT 1 FROM approval WHERE approval.run = run.id AND recorded_sequence IS NULL)))
            ORDER BY run.started_sequence DESC LIMIT ?6
            """,
            [
                filter.state?.rawValue, filter.workflow, filter.since, filter.until, filter.isWaiting ? 1 : 0,
                filter.limit,
            ])
    }

    /// Runs, newest first.
    public func runs(
        limit: Int = 100, state: RunState? = nil, workflow: String? = nil
    ) throws(JournalError) -> [RunSummary] {
        try runs(RunFilter(state: state, workflow: workflow, limit: limit))
    }

    /// The run with this identifier.
    public func run(_ id: RunID) throws(JournalError) -> RunSummary {
        guard let summary = try summaries("WHERE run.id = ?", [id.description]).first else {
            throw JournalError(.notFound, operation: "find run `\(id)`", reason: "there is no such run")
        }
        return summary
    }

    /// The only run whose identifier starts with these characters, or ends with them: the first ten tell the
    /// time, so runs of one minute differ at the end.
    public func run(matching text: String) throws(JournalError) -> RunSummary {
        let operation = "find run `\(text)`"
        let wanted = text.lowercased()
        guard !wanted.isEmpty, wanted.utf8.allSatisfy({ $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "_") })
        else {
            throw JournalError(
                .notFound, operation: operation, reason: "it is not part of a run's identifier")
        }
        let found = try summaries(
            "WHERE run.id LIKE ?1 || '%' OR run.id LIKE '%' || ?1 ORDER BY run.started_sequence DESC LIMIT 3",
            [wanted])
        guard let first = found.first else {
            throw JournalError(
                .notFound, operation: operation, reason: "there is no such run",
                fix: "`warrant runs` lists them.")
        }
        guard found.count == 1 else {
            throw JournalError(
                .notFound, operation: operation,
                reason: "several runs match, such as `\(found[0].id)` and `\(found[1].id)`",
                fix: "Write more of the identifier.")
        }
        return first
    }

    private func summaries(
        _ condition: String, _ arguments: StatementArguments
    ) throws(JournalError) -> [RunSummary] {
        try read("read the runs") { database in
            try Row.fetchAll(database, sql: "\(Self.summaryColumns) \(condition)", arguments: arguments)
                .map { try summary($0) }
        }
    }

    private func summary(_ row: Row) throws -> RunSummary {
        guard let id = RunID(try row.checked("id")), let state = RunState(rawValue: try row.checked("state")),
            let bytes = try bodyBytes(row), let body = try? JSONValue(parsing: bytes)
        else {
            throw JournalError(.corrupt, operation: "read the runs", reason: "a run's row is not readable")
        }
        return RunSummary(
            id: id, workflow: try row.checked("workflow"), state: state,
            startedNanoseconds: try row.checked("started_ns"),
            updatedNanoseconds: try row.checked("updated_ns"),
            waitingCount: state.isOpen ? try row.checked("open_count") : 0,
            exitCode: try row.checkedOptional("exit_code"), directory: try row.checked("directory"),
            parameters: body["parameters"] ?? .null, entryCount: try row.checked("entry_count"),
            isHeld: try row.checked("held") as Int != 0)
    }
}
