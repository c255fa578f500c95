import GRDB
import JSONSchemas

/// Folds over all entries, recomputing hashes, bodies, and everything that is derived from entries.
///
/// A body is parsed only where something follows from it; the rest follows from the columns, which the hash covers.
struct ChainCheck {
    private(set) var problems: [ChainReport.Problem] = []
    private(set) var remarks: [String] = []
    private(set) var entryCount = 0
    private(set) var derived = DerivedRows()
    /// The hashes at the entries that were asked for.
    private(set) var hashes: [Int: String] = [:]
    private(set) var erasedBy: [String: Int] = [:]
    private(set) var blobRowCount = 0
    /// The newest entry that was written together with a checkpoint; 0 where there is none.
    private(set) var signedSequence = 0
    /// The names that files of `blobs/` may have.
    private(set) var blobFiles: Set<String> = []
    private let wanted: Set<Int>
    private var previousHash: [UInt8] = []
    private var epochs: [String: Int] = [:]
    /// Bodies that their rows call erased, by hash, with the entry that is said to record it and the body's length.
    private var erased: [String: (record: Int, byteCount: Int, sequence: Int)] = [:]
    private var erasures: [String: (record: Int, byteCount: Int)] = [:]

    init(identifier: String, createdNanoseconds: Int64, noting wanted: Set<Int>) {
        self.wanted = wanted
        previousHash = EntryHash.genesis(identifier: identifier, createdNanoseconds: createdNanoseconds)
        if wanted.contains(0) { hashes[0] = EntryHash.hex(previousHash) }
    }

    /// Takes the next entry in. `read` fetches a body that lies in a file.
    mutating func add(_ entry: VerifiedEntry, file read: (_ hash: [UInt8], _ salt: [UInt8]) throws -> [UInt8]) {
        let sequence = entry.fields.sequence
        entryCount += 1
        if sequence != entryCount {
            note(.tampered, sequence, "Entries before number \(sequence) are missing.")
            entryCount = sequence
        }
        let body = entry.body ?? outsideBody(of: entry, read)
        let bodyHash = entry.blobHash ?? EntryHash.body(entry.body ?? [])
        let hash = EntryHash.entry(entry.fields, bodyHash: bodyHash, previous: previousHash)
        if entry.previousHash != previousHash || entry.hash != hash {
            note(
                .tampered, sequence, "Entry \(sequence) is not what was written, or stands in another's place.")
        }
        if (entry.body == nil) == (entry.blobHash == nil) {
            note(.tampered, sequence, "Entry \(sequence) has no body, or two.")
        }
        // Go on from what is stored: one altered entry is one problem, not one for every entry after it.
        previousHash = entry.hash
        if wanted.contains(sequence) { hashes[sequence] = EntryHash.hex(entry.hash) }
        checkEpoch(entry.fields)
        fold(entry, body)
    }

    private mutating func checkEpoch(_ fields: EntryHash.Fields) {
        let known = epochs[fields.run] ?? 0
        if fields.epoch < known {
            note(
                .tampered, fields.sequence,
                "Entry \(fields.sequence) was written by a writer of its run that another had replaced.")
        }
        epochs[fields.run] = max(known, fields.epoch)
    }

    /// The bytes of a body in the table of blobs or in a file, if they are there and right.
    private mutating func outsideBody(
        of entry: VerifiedEntry, _ read: (_ hash: [UInt8], _ salt: [UInt8]) throws -> [UInt8]
    ) -> [UInt8]? {
        let sequence = entry.fields.sequence
        guard let blob = entry.blob else {
            note(.incomplete, sequence, "The body of entry \(sequence) is gone, and no record says why.")
            return nil
        }
        blobRowCount += 1
        let bodyClass = JournalEntryKind(rawValue: entry.fields.kind).map { BodyClass($0) }
        if blob.hash != entry.blobHash || blob.bodyClass != bodyClass?.rawValue
            || StoredBody.Place(rawValue: blob.place) == nil || (blob.erasedSequence == nil) != (blob.salt != nil)
        {
            note(.tampered, sequence, "The place of the body of entry \(sequence) is not what was written.")
        }
        let isFile = blob.place == StoredBody.Place.file.rawValue
        if isFile { blobFiles.insert(EntryHash.hex(blob.hash)) }
        if let record = blob.erasedSequence {
            erased[EntryHash.hex(blob.hash)] = (record, blob.byteCount, sequence)
            return nil
        }
        let bytes: [UInt8]
        do {
            guard let stored = isFile ? try read(blob.hash, blob.salt ?? []) : blob.bytes else {
                note(.incomplete, sequence, "The body of entry \(sequence) is gone, and no record says why.")
                return nil
            }
            bytes = stored
        } catch let error as JournalError where error.code == .corrupt {
            note(.tampered, sequence, "The body of entry \(sequence) is not what was written.")
            return nil
        } catch {
            note(.incomplete, sequence, "The body of entry \(sequence) can't be read.")
            return nil
        }
        // A file's bytes were held against the same hash when they were read.
        guard bytes.count == blob.byteCount, isFile || EntryHash.body(bytes, salt: blob.salt ?? []) == blob.hash else {
            note(.tampered, sequence, "The body of entry \(sequence) is not what was written.")
            return nil
        }
        return bytes
    }

    private mutating func fold(_ entry: VerifiedEntry, _ bytes: [UInt8]?) {
        let fields = entry.fields
        guard let kind = JournalEntryKind(rawValue: fields.kind) else {
            return note(.tampered, fields.sequence, "Entry \(fields.sequence) is of no kind that this program knows.")
        }
        var body: JSONValue = .null
        if DerivedRows.needsBody(kind) || kind == .blobErased {
            guard let parsed = bytes.flatMap({ try? JSONValue(parsing: $0) }) else {
                return note(.tampered, fields.sequence, "Entry \(fields.sequence) is not readable.")
            }
            body = parsed
        }
        if kind == .blobErased {
            erasures[fields.subject] = (fields.sequence, body["bytes"]?.intValue ?? -1)
            erasedBy[body["person"]?.stringValue ?? "somebody", default: 0] += 1
        }
        if CheckpointNeed(kind, subject: fields.subject, body: body) != .none { signedSequence = fields.sequence }
        derived.add(kind, fields, body)
    }

    /// Compares what rows call erased with what the entries say of it.
    mutating func compareErasures() {
        for (hash, row) in erased.sorted(by: { $0.value.sequence < $1.value.sequence }) {
            let entry = erasures.removeValue(forKey: hash)
            if entry?.record != row.record || entry?.byteCount != row.byteCount {
                note(
                    .tampered, row.sequence,
                    "The body of entry \(row.sequence) is called erased, and no entry records that.")
            }
        }
        for hash in erasures.keys.sorted() {
            note(.tampered, erasures[hash]?.record, "A body is recorded as erased and its row says otherwise.")
        }
    }

    /// Compares a run's writer with the entries that were written.
    ///
    /// A writer that is newer than the entries proves nothing: a process that dies before it writes leaves one.
    mutating func compareWriter(run: String, epoch: Int) {
        if RunID(run) == nil || epoch < 1 {
            note(.tampered, nil, "A writer is listed that no process can have been.")
        }
        if epoch < epochs.removeValue(forKey: run) ?? 0 {
            note(.tampered, nil, "The writer listed for run `\(run)` is older than its entries.")
        }
    }

    /// Every run that writers wrote to is listed; called after ``compareWriter(run:epoch:)``.
    mutating func compareMissingWriters() {
        for (run, epoch) in epochs.sorted(by: { $0.key < $1.key }) where epoch > 0 {
            note(.tampered, nil, "The writer of run `\(run)` is missing from the list.")
        }
    }

    mutating func remark(_ sentence: String) { remarks.append(sentence) }

    mutating func note(_ kind: ChainReport.Problem.Kind, _ sequence: Int?, _ sentence: String) {
        if problems.count < 100 { problems.append(.init(kind: kind, sequence: sequence, sentence: sentence)) }
    }

    /// Compares the rows of a table with what follows from the entries.
    mutating func compare(
        _ table: String, _ body: (RowCursor, inout DerivedRows) throws -> [String],
        rows: (String) throws -> RowCursor
    ) throws {
        do {
            for sentence in try body(rows("SELECT * FROM \(table)"), &derived) { note(.tampered, nil, sentence) }
        } catch let error as JournalError {
            note(.tampered, nil, "The table `\(table)`: \(error)")
        }
    }
}
