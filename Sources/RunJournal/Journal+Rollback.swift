import Foundation
import GRDB
import Synchronization

extension Journal {
    /// Refuses to go on writing where a checkpoint kept outside the database says that this journal was further, or had
    /// another past: it is an old backup, its log was lost or exchanged, or somebody rewrote it.
    func requireNotRolledBack() throws(JournalError) {
        guard !signing.withLock({ $0.isCompared }) else { return }
        do {
            let identifier = try queue.read { try Self.head($0).journal }
            try requireOwnFolder(of: identifier)
            // The copies first: another process adds to them after it has committed, so that what they hold is in every
            // later snapshot of the database.
            let copies = checkpointFiles(identifier).map { ($0, tail(of: $0)) }
            try queue.read { database in
                let head = try Self.head(database)
                for case let (file, tail?) in copies { try compare(file, tail, with: head, in: database) }
            }
        } catch {
            throw JournalError(error, operation: "write to the journal")
        }
        signing.withLock { $0.isCompared = true }
    }

    /// The folder beside the database belongs to one journal.
    private func requireOwnFolder(of identifier: String) throws {
        guard hasForeignCheckpoints(identifier) else { return }
        throw JournalError(
            .rolledBack, operation: "write to the journal",
            reason: "the checkpoints in `\(folder)/checkpoints` belong to another journal",
            fix: "Put that journal back, or move `checkpoints/` away to begin with this one.")
    }

    /// Whether the folder beside the database holds another journal's checkpoints and none of this one's.
    func hasForeignCheckpoints(_ identifier: String) -> Bool {
        let names = Self.checkpointNames(folder)
        return !names.isEmpty && !names.contains("\(identifier).checkpoints")
    }

    /// Whether the folder beside a database holds any journal's checkpoints.
    static func hasCheckpoints(_ folder: String) -> Bool { !checkpointNames(folder).isEmpty }

    private static func checkpointNames(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints")) ?? []
        return names.filter { $0.hasSuffix(".checkpoints") }
    }

    /// The end of a copy, empty where there is none; nil where it can't be read, which is said.
    private func tail(of file: CheckpointFile) -> CheckpointFile.Tail? {
        do throws(JournalError) {
            return try file.tail() ?? CheckpointFile.Tail()
        } catch {
            options.report("\(error) It is not known whether this journal is the newest.")
            return nil
        }
    }

    private func compare(
        _ file: CheckpointFile, _ tail: CheckpointFile.Tail, with head: JournalHead, in database: Database
    ) throws {
        let latest = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM checkpoint")
        guard let text = tail.last else {
            if let latest {
                options.report(
                    "Can't compare the journal with `\(file.path)`: its copy of the checkpoint of entry \(latest) is gone. The next checkpoint writes it again."
                )
            }
            return
        }
        guard let key = try signing.withLock({ $0.key }) ?? (try JournalKey.read(path: keyPath)) else {
            throw Self.keyIsGone(keyPath, operation: "write to the journal")
        }
        guard let note = SignedNote(text), let checkpoint = Checkpoint(note.text), key.publicKey.verifies(note),
            checkpoint.journal == head.journal
        else {
            throw JournalError(
                .rolledBack, operation: "write to the journal",
                reason: "the last checkpoint in `\(file.path)` was not signed by this journal's key",
                fix: "`warrant verify` says more. Put the file or `keys/` back as they were.")
        }
        guard checkpoint.sequence <= head.sequence else {
            throw JournalError(
                .rolledBack, operation: "write to the journal",
                reason:
                    "it has \(head.sequence) entries, and the checkpoint in `\(file.path)` was signed at entry \(checkpoint.sequence)",
                fix:
                    "It is an old copy, or its end was lost. Put the newest one back (`journal.db` and `journal.db-wal`), or move it and `checkpoints/` away to begin anew."
            )
        }
        let hash = try Data.fetchOne(
            database, sql: "SELECT hash FROM entry WHERE sequence = ?", arguments: [checkpoint.sequence])
        guard checkpoint.sequence == 0 || hash.map({ EntryHash.hex($0) }) == checkpoint.hash else {
            throw JournalError(
                .rolledBack, operation: "write to the journal",
                reason:
                    "entry \(checkpoint.sequence) is not the one that the checkpoint in `\(file.path)` was signed for",
                fix: "`warrant verify` says more. Put a copy back that it finds intact.")
        }
    }
}
