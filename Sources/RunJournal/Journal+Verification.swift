import Foundation
import GRDB
import JSONSchemas

extension Journal {
    /// Recomputes every hash, everything derived from entries, and every checkpoint, in one consistent snapshot.
    ///
    /// What is wrong comes back in the report; an error is thrown only when the file can't be read at all. Checkpoints
    /// are taken from the table, from `checkpoints/` beside the database, from the folders of
    /// ``JournalOptions/checkpointFolders``, and from the given files.
    ///
    /// - Parameters:
    ///   - expected: A head that was noted earlier and kept where a writer of this journal cannot reach.
    ///   - key: What checkpoints are verified with; nil for the one in `keys/`, which whoever may write to the journal
    ///     may have exchanged. With a given key something must be there that it signed.
    ///   - checkpoints: Files with checkpoints that are kept elsewhere.
    /// - Returns: What was found.
    /// - Throws: `JournalError` when the journal or a named file can't be read.
    public func verifyChain(
        expecting expected: JournalHead? = nil, key: JournalPublicKey? = nil, checkpoints: [String] = []
    ) throws(JournalError) -> ChainReport {
        let operation = "verify the journal"
        let ownKey = try ownPublicKey()
        let identifier = try read(operation) { try Self.head($0).journal }
        // The files first: another process adds to them after it has committed, so that what they hold is in every later
        // snapshot of the database.
        var gathered = CheckpointCheck(key: key ?? ownKey, isKeyGiven: key != nil)
        let missing: [String]
        do {
            missing = try gather(checkpoints, of: identifier, into: &gathered)
        } catch {
            throw JournalError(error, operation: operation)
        }
        return try read(operation) { [gathered] database in
            guard
                let own = try Row.fetchOne(database, sql: "SELECT identifier, created_ns FROM journal")
            else {
                throw JournalError(.corrupt, operation: operation, reason: "the journal's own row is missing")
            }
            var files = gathered
            let notes = try Row.fetchCursor(database, sql: "SELECT sequence, note FROM checkpoint ORDER BY sequence")
            var misplaced: [Int] = []
            while let row = try notes.next() {
                // Whatever the column holds: what is no note is found when it is judged.
                files.add(try row.checkedOptional("note") ?? "", from: nil)
                let sequence: Int = try row.checked("sequence")
                if files.found.last?.checkpoint?.sequence != sequence { misplaced.append(sequence) }
            }
            var check = ChainCheck(
                identifier: try own.checked("identifier"), createdNanoseconds: try own.checked("created_ns"),
                noting: files.sequences.union(expected.map { [$0.sequence] } ?? []))
            // An index that lost an entry would hide it from readers while the table's chain still holds.
            let structure = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? "no answer"
            if structure != "ok" { check.note(.tampered, nil, "The database's structure is damaged.") }
            if let strange = try JournalSchema.strangeness(database) {
                check.note(.tampered, nil, "The database is not what was made: \(strange).")
            }
            for sequence in misplaced {
                check.note(.tampered, sequence, "The checkpoint of entry \(sequence) is another one's.")
            }
            let rows = try Row.fetchCursor(database, sql: VerifiedEntry.sql)
            while let row = try rows.next() {
                do {
                    check.add(try VerifiedEntry(row)) { try self.blobs.read($0, salt: $1) }
                } catch let error as JournalError {
                    check.note(.tampered, nil, "An entry's row after number \(check.entryCount): \(error)")
                }
            }
            try compareTables(database, &check)
            if hasForeignCheckpoints(identifier) {
                check.note(
                    .tampered, nil,
                    "The checkpoints in `\(folder)/checkpoints` belong to another journal than this one.")
            }
            if files.hasTableNotes {
                for path in missing { check.remark("There is no copy of the checkpoints in `\(path)`.") }
            }
            let coverage = files.finish(&check, journal: identifier)
            let head = try Self.head(database)
            if let expected { Self.compare(expected, with: head, &check) }
            return ChainReport(
                entryCount: check.entryCount, head: head,
                hasExternalHead: expected != nil || coverage.externalSequence > 0, coverage: coverage,
                erasures: check.erasedBy.sorted { $0.key < $1.key }.map { .init(person: $0.key, count: $0.value) },
                remarks: check.remarks, problems: check.problems)
        }
    }

    /// The public key beside the signing key; from the signing key where only that is there.
    private func ownPublicKey() throws(JournalError) -> JournalPublicKey? {
        let path = keyPath + ".pub"
        // SAFETY: the string lives for the call.
        if unsafe access(path, F_OK) == 0 { return try JournalPublicKey.read(path: path) }
        return try JournalKey.read(path: keyPath)?.publicKey
    }

    /// Reads the checkpoints outside the database; returns the copies that are missing.
    private func gather(
        _ named: [String], of identifier: String, into check: inout CheckpointCheck
    ) throws -> [String] {
        var missing: [String] = []
        for file in checkpointFiles(identifier) {
            guard let list = try file.list() else {
                missing.append(file.path)
                continue
            }
            check.add(list, from: file)
        }
        for path in named {
            let file = CheckpointFile(
                path: path, isGrownAhead: false, isElsewhere: true, isOutside: isOutside(path), isNamed: true)
            guard let list = try file.list(), !list.notes.isEmpty || !list.rest.isEmpty else {
                throw JournalError(
                    .notFound, operation: "verify the journal", reason: "there is no checkpoint in `\(path)`")
            }
            check.add(list, from: file)
        }
        return missing
    }

    private func compareTables(_ database: Database, _ check: inout ChainCheck) throws {
        try check.compare("run") {
            try $1.compareRuns($0)
        } rows: {
            try Row.fetchCursor(database, sql: $0)
        }
        try check.compare("approval") {
            try $1.compareApprovals($0)
        } rows: {
            try Row.fetchCursor(database, sql: $0)
        }
        try check.compare("effect") {
            try $1.compareEffects($0)
        } rows: {
            try Row.fetchCursor(database, sql: $0)
        }
        check.compareErasures()
        let writers = try Row.fetchCursor(database, sql: "SELECT run, epoch FROM writer")
        while let row = try writers.next() {
            check.compareWriter(run: try row.checked("run"), epoch: try row.checked("epoch"))
        }
        check.compareMissingWriters()
        if try Int.fetchOne(database, sql: "SELECT count(*) FROM blob") != check.blobRowCount {
            check.note(.tampered, nil, "A body is kept that belongs to no entry.")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: blobs.path)) ?? []
        let strange = names.filter { !check.blobFiles.contains($0) && blobs.isFile($0) }.count
        if strange > 0 {
            check.remark(
                "\(strange) file\(strange == 1 ? "" : "s") in `blobs/` belong\(strange == 1 ? "s" : "") to no entry; `warrant prune` removes what a killed process left."
            )
        }
    }

    private static func compare(_ expected: JournalHead, with head: JournalHead, _ check: inout ChainCheck) {
        if expected.journal != head.journal {
            check.note(
                .tampered, nil, "This is not the journal `\(expected.journal)` that the given head belongs to.")
        } else if check.hashes[expected.sequence] != expected.hash {
            check.note(
                .tampered, expected.sequence,
                "Entry \(expected.sequence) of the given head is missing or was rewritten.")
        }
    }
}
