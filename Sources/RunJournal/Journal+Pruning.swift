import Foundation
import GRDB
import JSONSchemas
public import WorkflowFormat

extension Journal {
    /// A body that may go.
    private struct Candidate {
        let sequence: Int
        let run: RunID
        let hash: [UInt8]
        let bodyClass: BodyClass
        let byteCount: Int
        let isFile: Bool
    }

    /// How many bodies go in one transaction.
    private static let batchSize = 200

    /// Removes bodies that are older than their class is kept, and nothing else: entries stay, with the hash and the
    /// length of what is gone, and an entry that says who removed it, written in the same transaction.
    ///
    /// Bodies of a run under a legal hold stay, and so do those of a run that is under way or parked, which needs them to
    /// go on. The file's free space is overwritten and the log emptied, so that the bytes are gone from both; copies that
    /// a file system or a backup keeps are beyond reach.
    ///
    /// - Parameters:
    ///   - periods: How long each class is kept.
    ///   - person: Who removes.
    ///   - isDryRun: Whether only to say what would go.
    /// - Returns: What went, and what stayed for which reason.
    /// - Throws: `JournalError` when the record of it can't be kept, or a file can't be removed.
    public func prune(
        _ periods: RetentionPeriods = RetentionPeriods(), by person: String, isDryRun: Bool = false
    ) throws(JournalError) -> PruneReport {
        var report = PruneReport(isDryRun: isDryRun)
        let candidates = try candidates(periods, &report)
        report.oldEntryCount = try read("read the journal") { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM entry WHERE wall_ns < ?",
                arguments: [limit(periods.events)]) ?? 0
        }
        if isDryRun {
            for one in candidates { report.erased[one.bodyClass, default: .init()].add(one.byteCount) }
            report.strayFileCount = try strayFiles().count
            return report
        }
        try requireWritable("prune the journal")
        do throws(JournalError) {
            for (run, ofRun) in Dictionary(grouping: candidates, by: \.run).sorted(by: { $0.key < $1.key }) {
                for start in stride(from: 0, to: ofRun.count, by: Self.batchSize) {
                    let batch = Array(ofRun[start..<min(start + Self.batchSize, ofRun.count)])
                    try erase(batch, of: run, by: person)
                    for one in batch { report.erased[one.bodyClass, default: .init()].add(one.byteCount) }
                }
            }
            try removeStrayFiles(&report)
        } catch {
            // What went before is to be gone from the log too.
            try? emptyLog()
            throw error
        }
        try emptyLog()
        return report
    }

    /// Puts a run under a legal hold, or lifts it.
    ///
    /// - Parameters:
    ///   - isHeld: Whether nothing of the run may be removed.
    ///   - run: The run.
    ///   - person: Who decides so.
    ///   - reason: Why.
    /// - Throws: `JournalError` when there is no such run, or it can't be recorded.
    public func setHold(_ isHeld: Bool, on run: RunID, by person: String, reason: String) throws(JournalError) {
        try append(
            isHeld ? .runHeld : .runReleased, run: run,
            body: ["person": .string(person), "reason": .string(reason)])
    }

    /// Nanoseconds since 1970: what is older than a period is not kept any more. Without a period all is.
    package func limit(_ period: Duration?) -> Int64 {
        guard let period else { return .min }
        let seconds = period.components.seconds
        // A period longer than the clock can express keeps everything.
        let (nanoseconds, isLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (limit, isEarly) = options.now().subtractingReportingOverflow(nanoseconds)
        return isLong || isEarly ? .min : limit
    }

    /// When the newest entry of these kinds of a run was written, in nanoseconds since 1970.
    package func newestNanoseconds(of run: RunID, kinds: Set<JournalEntryKind>) throws(JournalError) -> Int64 {
        // Safe to paste: raw values of our own enumeration.
        let names = kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try read("read the journal") { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT wall_ns FROM entry WHERE run = ? AND kind IN (\(names)) ORDER BY sequence DESC LIMIT 1
                    """, arguments: [run.description]) ?? .max
        }
    }

    private func candidates(
        _ periods: RetentionPeriods, _ report: inout PruneReport
    ) throws(JournalError) -> [Candidate] {
        let limits: [(BodyClass, Int64)] = [(.outputs, limit(periods.outputs)), (.prompts, limit(periods.prompts))]
        var held = PruneReport.Amount()
        var needed = PruneReport.Amount()
        let candidates = try read("read the bodies to prune") { database in
            var candidates: [Candidate] = []
            for (bodyClass, limit) in limits {
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT blob.sequence, blob.hash, blob.byte_count, blob.place, entry.run, run.held, run.state
                        FROM blob JOIN entry ON entry.sequence = blob.sequence JOIN run ON run.id = entry.run
                        WHERE blob.class = ? AND blob.erased_sequence IS NULL AND blob.class <> 'record'
                            AND entry.wall_ns < ? ORDER BY blob.sequence
                        """, arguments: [bodyClass.rawValue, limit])
                while let row = try rows.next() {
                    let count: Int = try row.checked("byte_count")
                    let hash: Data = try row.checked("hash")
                    guard let run = RunID(try row.checked("run")),
                        let state = RunState(rawValue: try row.checked("state"))
                    else { throw JournalError(.corrupt, operation: "prune", reason: "a run's row is not readable") }
                    if try row.checked("held") as Int != 0 {
                        held.add(count)
                    } else if state.isOpen {
                        needed.add(count)
                    } else {
                        candidates.append(
                            Candidate(
                                sequence: try row.checked("sequence"), run: run, hash: Array(hash),
                                bodyClass: bodyClass, byteCount: count,
                                isFile: try row.checked("place") as String == StoredBody.Place.file.rawValue))
                    }
                }
            }
            return candidates
        }
        report.held = held
        report.needed = needed
        return candidates
    }

    private func erase(_ batch: [Candidate], of run: RunID, by person: String) throws(JournalError) {
        let drafts = batch.map { one in
            JournalEntryDraft(
                .blobErased,
                body: [
                    "sha256": .string(EntryHash.hex(one.hash)), "entry": .integer(one.sequence),
                    "bytes": .integer(one.byteCount), "class": .string(one.bodyClass.rawValue),
                    "person": .string(person),
                ])
        }
        _ = try append(drafts, run: run) { database, entries in
            // A hold that was placed a moment ago counts.
            let row = try Row.fetchOne(
                database, sql: "SELECT held, state FROM run WHERE id = ?", arguments: [run.description])
            guard let row, try row.checked("held") as Int == 0,
                try RunState(rawValue: row.checked("state"))?.isOpen == false
            else {
                throw JournalError(
                    .busy, operation: "prune run `\(run)`", reason: "it was put under a hold or went on meanwhile",
                    fix: "Prune again to remove the rest.")
            }
            for (one, entry) in zip(batch, entries) {
                try database.execute(
                    sql: """
                        UPDATE blob SET erased_sequence = ?, bytes = NULL, salt = NULL
                        WHERE sequence = ? AND erased_sequence IS NULL
                        """, arguments: [entry.sequence, one.sequence])
                guard database.changesCount == 1 else {
                    throw JournalError(
                        .busy, operation: "prune run `\(run)`", reason: "somebody else is pruning it",
                        fix: "Try again when that has finished.")
                }
            }
        }
        options.pass(.eraseBefore)
        for one in batch where one.isFile { try blobs.remove(EntryHash.hex(one.hash)) }
        options.pass(.eraseAfter)
    }

    /// Files that no entry refers to, or whose body is erased by the record: a process was killed before or after.
    private func strayFiles() throws(JournalError) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: blobs.path)) ?? []
        guard !names.isEmpty else { return [] }
        let kept = try read("read the bodies") { database in
            try Set(
                Data.fetchAll(
                    database, sql: "SELECT hash FROM blob WHERE place = 'file' AND erased_sequence IS NULL"
                ).map { EntryHash.hex($0) })
        }
        return names.filter { !kept.contains($0) && blobs.isFile($0) }.sorted()
    }

    private func removeStrayFiles(_ report: inout PruneReport) throws(JournalError) {
        // Alone: a blob whose entry is about to be committed must not be taken for one without.
        let lock = try BlobLock(path: blobs.lockPath, alone: true, operation: "remove files without an entry")
        defer { withExtendedLifetime(lock) {} }
        for name in try strayFiles() {
            try blobs.remove(name)
            report.strayFileCount += 1
        }
    }

    /// Moves everything from the log to the database and cuts the log off: it still holds the pages of before, also those
    /// that an earlier pruning had to leave there.
    private func emptyLog() throws(JournalError) {
        do {
            let hasErased = try queue.read {
                try Row.fetchOne($0, sql: "SELECT 1 FROM blob WHERE erased_sequence IS NOT NULL LIMIT 1") != nil
            }
            guard hasErased else { return }
            let row = try queue.writeWithoutTransaction {
                try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            if let busy: Int = row?[0], busy != 0 {
                options.report(
                    "The write-ahead log may still hold what was pruned, since another process reads it. `warrant prune` empties it later."
                )
            }
        } catch {
            throw JournalError(error, operation: "empty the journal's log")
        }
    }
}
