import Foundation
import GRDB
import JSONSchemas
import Synchronization

/// What a journal's process knows of its signing.
struct SigningState: Sendable {
    var key: JournalKey?
    /// Whether the journal was held against the checkpoints outside the database.
    var isCompared = false
    /// The copies that failed in this process and were spoken of.
    var failed: Set<String> = []
}

/// Why a checkpoint is due.
enum CheckpointNeed {
    case none
    /// A run ended or stopped, or many entries were written.
    case regular
    /// An effect comes that can't be taken back.
    case beforeEffect

    /// After these nothing may come for a long time.
    static let signedKinds: Set<JournalEntryKind> = [
        .runParked, .runCancelled, .runFinished, .blobErased, .runHeld, .runReleased,
    ]

    /// What an entry needs by itself, in its own transaction; the same rule when writing and when verifying.
    init(_ kind: JournalEntryKind, subject: String, body: JSONValue) {
        if EffectChange(kind, subject: subject, body: body)?.needsCheckpoint ?? false {
            self = .beforeEffect
        } else {
            self = Self.signedKinds.contains(kind) ? .regular : .none
        }
    }

    init(_ entry: JournalEntry) { self.init(entry.kind, subject: entry.subject, body: entry.body) }
}

extension Journal {
    var keyPath: String { folder + "/keys/journal-ed25519" }

    /// Where copies of this journal's checkpoints are kept.
    func checkpointFiles(_ identifier: String) -> [CheckpointFile] {
        let name = "/\(identifier).checkpoints"
        let own = CheckpointFile(
            path: folder + "/checkpoints" + name, isGrownAhead: true, isElsewhere: false, isOutside: false)
        return [own]
            + options.checkpointFolders.map {
                CheckpointFile(
                    path: $0 + name, isGrownAhead: false, isElsewhere: true, isOutside: isOutside($0))
            }
    }

    /// Whether a path leads out of the state folder, whatever links lie on its way.
    func isOutside(_ path: String) -> Bool {
        let home = URL(fileURLWithPath: folder).resolvingSymlinksInPath().standardizedFileURL.path
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
        return place != home && !place.hasPrefix(home.hasSuffix("/") ? home : home + "/")
    }

    /// Signs a checkpoint of the newest entry where one is due, in the transaction that wrote it.
    func signIfNeeded(after entries: [JournalEntry], in database: Database) throws -> CheckpointNeed {
        guard let newest = entries.last else { return .none }
        let statement = try database.cachedStatement(sql: "SELECT max(sequence) AS sequence FROM checkpoint")
        let latest: Int? = try Row.fetchOne(statement)?.checkedOptional("sequence")
        let need = need(after: entries, since: latest ?? 0)
        guard need != .none else { return .none }
        options.pass(.signBefore)
        let key = try signingKey(latest: latest, before: entries[0].sequence, in: database)
        let identifier = try Self.head(database).journal
        let checkpoint = Checkpoint(
            JournalHead(journal: identifier, sequence: newest.sequence, hash: newest.hash),
            at: newest.wallNanoseconds)
        let insert = try database.cachedStatement(sql: "INSERT INTO checkpoint (sequence, note) VALUES (?, ?)")
        try insert.execute(arguments: [newest.sequence, try key.sign(checkpoint.text).serialized])
        try JournalSchema.requireWritten("checkpoint", in: database)
        options.pass(.signAfter)
        return need
    }

    private func need(after entries: [JournalEntry], since latest: Int) -> CheckpointNeed {
        let needs = entries.map { CheckpointNeed($0) }
        if needs.contains(.beforeEffect) { return .beforeEffect }
        let count = (entries.last?.sequence ?? latest) - latest
        return needs.contains(.regular) || count >= options.checkpointEntryCount ? .regular : .none
    }

    /// The key, which is made with the first checkpoint and never afterwards: under another key nobody could tell this
    /// journal from one that was written anew.
    private func signingKey(latest: Int?, before first: Int, in database: Database) throws -> JournalKey {
        if let known = signing.withLock({ $0.key }) { return known }
        let operation = "sign a checkpoint"
        if let unsigned = try entryWithoutCheckpoint(after: latest ?? 0, before: first, in: database) {
            throw JournalError(
                .unsigned, operation: operation,
                reason: "entry \(unsigned) was written together with a checkpoint, and that is gone",
                fix: "`warrant verify` says more. Put a copy back that it finds intact.")
        }
        guard let latest else {
            let made = try JournalKey.obtain(path: keyPath)
            signing.withLock { $0.key = made }
            return made
        }
        guard let key = try JournalKey.read(path: keyPath) else {
            throw Self.keyIsGone(keyPath, operation: operation)
        }
        let note = try String.fetchOne(
            database, sql: "SELECT note FROM checkpoint WHERE sequence = ?", arguments: [latest])
        guard let note = note.flatMap({ SignedNote($0) }), key.publicKey.verifies(note) else {
            throw JournalError(
                .unsigned, operation: operation, reason: "the last checkpoint was not signed with `\(keyPath)`",
                fix: Self.keyFix)
        }
        signing.withLock { $0.key = key }
        return key
    }

    /// The first entry between two others that was written together with a checkpoint. Between the newest checkpoint and
    /// what is written now there is none, unless checkpoints were removed: whoever did so must not get what is left signed.
    private func entryWithoutCheckpoint(after latest: Int, before first: Int, in database: Database) throws -> Int? {
        let kinds = CheckpointNeed.signedKinds.union([.executionStarted])
        // Safe to paste: raw values of our own enumeration.
        let names = kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        let rows = try Row.fetchCursor(
            database,
            sql: """
                \(Self.entryColumns) WHERE entry.sequence > ? AND entry.sequence < ? AND kind IN (\(names))
                ORDER BY entry.sequence
                """, arguments: [latest, first])
        while let row = try rows.next() {
            let entry = try self.entry(row)
            if CheckpointNeed(entry) != .none { return entry.sequence }
        }
        return nil
    }

    private static let keyFix =
        "Put `keys/` back from where the journal came from, or move the journal and `checkpoints/` away to begin anew."

    static func keyIsGone(_ path: String, operation: String) -> JournalError {
        JournalError(.unsigned, operation: operation, reason: "the key `\(path)` is gone", fix: keyFix)
    }

    /// Brings the copies outside the database up to date with the table.
    func copyCheckpoints(isRequired: Bool) throws {
        options.pass(.outsideCopyBefore)
        let identifier = try queue.read { try Self.head($0).journal }
        var failures: [JournalError] = []
        let files = checkpointFiles(identifier)
        for file in files {
            // A place that failed is not waited for a second time.
            let hasFailed = signing.withLock { $0.failed.contains(file.path) }
            do throws(JournalError) {
                try file.add(within: hasFailed ? .milliseconds(50) : options.busyTimeout) { last in
                    try self.notes(after: last)
                }
                signing.withLock { _ = $0.failed.remove(file.path) }
            } catch {
                failures.append(error)
                // Once is enough to be read; every checkpoint would hide it.
                if signing.withLock({ $0.failed.insert(file.path).inserted }) {
                    options.report("\(error) The next checkpoint tries again.")
                }
            }
        }
        if isRequired, failures.count == files.count, let first = failures.first {
            throw JournalError(
                .unsigned, operation: JournalError.keepingIntent, reason: first.reason,
                fix: "The effect was not begun. Mend that place, then go on with `warrant resume`.")
        }
        options.pass(.outsideCopyAfter)
    }

    private func notes(after last: String?) throws -> [String] {
        let sequence = last.flatMap { SignedNote($0) }.flatMap { Checkpoint($0.text) }?.sequence ?? 0
        return try queue.read { database in
            try String.fetchAll(
                database, sql: "SELECT note FROM checkpoint WHERE sequence > ? ORDER BY sequence", arguments: [sequence]
            )
        }
    }
}
