import Foundation
import GRDB
import JSONSchemas

extension Journal {
    /// Recomputes every hash and everything derived from entries, in one consistent snapshot.
    ///
    /// `expected` is a head noted earlier, kept where a writer of this journal cannot reach. What is wrong comes
    /// back in the report; an error is thrown only when the file can't be read at all.
    public func verifyChain(expecting expected: JournalHead? = nil) throws(JournalError) -> ChainReport {
        try read("verify the journal") { database in
            var check = ChainCheck(head: try Self.head(database), expected: expected)
            guard
                let own = try Row.fetchOne(database, sql: "SELECT identifier, created_ns FROM journal")
            else {
                throw JournalError(
                    .corrupt, operation: "verify the journal", reason: "the journal's own row is missing")
            }
            check.begin(
                identifier: try own.checked("identifier"), createdNanoseconds: try own.checked("created_ns"))
            // An index that lost an entry would hide it from readers while the table's chain still holds.
            let structure = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? "no answer"
            if structure != "ok" { check.noteDamage() }
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM entry ORDER BY sequence")
            while let row = try rows.next() { try check.add(row) { try self.bodyBytes(row) } }
            try check.compareRuns(try Row.fetchAll(database, sql: "SELECT * FROM run"))
            try check.compareApprovals(try Row.fetchAll(database, sql: "SELECT * FROM approval"))
            return check.report()
        }
    }
}

/// Folds over all entries, recomputing hashes, run states and open questions.
private struct ChainCheck {
    private let head: JournalHead
    private let expected: JournalHead?
    private var problems: [ChainReport.Problem] = []
    private var entryCount = 0
    private var previousHash = ""
    private var states: [String: RunStateChange] = [:]
    private var starts: [String: [String]] = [:]
    private var requests: [String: (requested: Int, recorded: Int?)] = [:]
    private var meetsExpectedHead: Bool

    init(head: JournalHead, expected: JournalHead?) {
        self.head = head
        self.expected = expected
        meetsExpectedHead = expected == nil
    }

    mutating func begin(identifier: String, createdNanoseconds: Int64) {
        let genesis = EntryHash.genesis(identifier: identifier, createdNanoseconds: createdNanoseconds)
        previousHash = EntryHash.hex(genesis)
        if let expected, expected.sequence == 0 { meetsExpectedHead = expected.hash == previousHash }
    }

    mutating func add(_ row: Row, body read: () throws -> [UInt8]) throws {
        entryCount += 1
        let sequence: Int = try row.checked("sequence")
        if sequence != entryCount {
            note(.tampered, sequence, "Entries before number \(sequence) are missing.")
            entryCount = sequence
        }
        let bytes = readBody(sequence, read)
        let blobHash: Data? = try row.checkedOptional("blob_hash")
        guard let bodyHash = blobHash.map(Array.init) ?? bytes.map(EntryHash.body) else { return }
        let storedPrevious: String = try row.checked("previous_hash")
        let storedHash: String = try row.checked("hash")
        let hash = EntryHash.entry(
            sequence: sequence, run: try row.checked("run"), step: try row.checked("step"),
            kind: try row.checked("kind"), wallNanoseconds: try row.checked("wall_ns"), bodyHash: bodyHash,
            previousHex: previousHash)
        if storedPrevious != previousHash || storedHash != EntryHash.hex(hash) {
            note(
                .tampered, sequence,
                "Entry \(sequence) is not what was written, or stands in another's place.")
        }
        // Go on from what is stored: one altered entry is one problem, not one for every entry after it.
        previousHash = storedHash
        if let expected, expected.sequence == sequence { meetsExpectedHead = expected.hash == storedHash }
        if let bytes { try fold(row, bytes, sequence, storedHash) }
    }

    private mutating func readBody(_ sequence: Int, _ read: () throws -> [UInt8]) -> [UInt8]? {
        do {
            return try read()
        } catch let error as JournalError where error.code == .corrupt {
            note(.tampered, sequence, "The body of entry \(sequence) is not what was written.")
        } catch {
            note(.incomplete, sequence, "The body of entry \(sequence) can't be read.")
        }
        return nil
    }

    private mutating func fold(_ row: Row, _ bytes: [UInt8], _ sequence: Int, _ hash: String) throws {
        guard let kind = JournalEntryKind(rawValue: try row.checked("kind")),
            Self.foldedKinds.contains(kind)
        else { return }
        guard let run = RunID(try row.checked("run")), let body = try? JSONValue(parsing: bytes) else {
            return note(.tampered, sequence, "Entry \(sequence) is not readable.")
        }
        let entry = JournalEntry(
            sequence: sequence, run: run, step: try row.checked("step"), kind: kind, body: body,
            wallNanoseconds: try row.checked("wall_ns"), hash: hash, previousHash: hash)
        if kind == .runStarted {
            starts[run.description] = [
                body["workflow"]?.stringValue ?? "", body["directory"]?.stringValue ?? "",
                "\(entry.wallNanoseconds)", "\(sequence)",
            ]
        }
        if let change = RunStateChange(entry) { states[run.description] = change }
        let key = "\(run) \(entry.approvalDigest)"
        if kind == .approvalRequested { requests[key] = (sequence, nil) }
        if kind == .approvalRecorded { requests[key]?.recorded = sequence }
    }

    private static let foldedKinds: Set<JournalEntryKind> = [
        .runStarted, .runResumed, .runParked, .runCancelled, .runFinished, .approvalRequested,
        .approvalRecorded,
    ]

    mutating func compareRuns(_ rows: [Row]) throws {
        for row in rows {
            let id: String = try row.checked("id")
            let change = states.removeValue(forKey: id)
            let exitCode: Int? = try row.checkedOptional("exit_code")
            let state: String = try row.checked("state")
            let started: Int64 = try row.checked("started_ns")
            let sequence: Int = try row.checked("started_sequence")
            let start: [String] = [
                try row.checked("workflow"), try row.checked("directory"), "\(started)", "\(sequence)",
            ]
            if change?.state.rawValue != state || change?.exitCode != exitCode || starts[id] != start {
                note(.tampered, nil, "The record of run `\(id)` does not follow from its entries.")
            }
        }
        for id in states.keys.sorted() { note(.tampered, nil, "The record of run `\(id)` is missing.") }
    }

    mutating func compareApprovals(_ rows: [Row]) throws {
        for row in rows {
            let run: String = try row.checked("run")
            let digest: String = try row.checked("digest")
            let request = requests.removeValue(forKey: "\(run) \(digest)")
            let recorded: Int? = try row.checkedOptional("recorded_sequence")
            let requested: Int = try row.checked("requested_sequence")
            if request?.requested != requested || request?.recorded != recorded {
                note(.tampered, nil, "The approvals listed for run `\(run)` do not follow from its entries.")
            }
        }
        for key in requests.keys.sorted() {
            note(.tampered, nil, "An approval of run `\(key.prefix(26))` is missing from the list.")
        }
    }

    mutating func noteDamage() {
        note(.tampered, nil, "The database's structure is damaged.")
    }

    mutating func report() -> ChainReport {
        if let expected {
            if expected.journal != head.journal {
                note(
                    .tampered, nil,
                    "This is not the journal `\(expected.journal)` that the given head belongs to.")
            } else if !meetsExpectedHead {
                note(
                    .tampered, expected.sequence,
                    "Entry \(expected.sequence) of the given head is missing or was rewritten.")
            }
        }
        return ChainReport(
            entryCount: entryCount, head: head, hasExternalHead: expected != nil, problems: problems)
    }

    private mutating func note(_ kind: ChainReport.Problem.Kind, _ sequence: Int?, _ sentence: String) {
        if problems.count < 100 { problems.append(.init(kind: kind, sequence: sequence, sentence: sentence)) }
    }
}
