/// Holds checkpoints, wherever they are kept, against the hashes that the entries really have.
struct CheckpointCheck {
    /// A checkpoint and where it was found.
    struct Found {
        let note: String
        let checkpoint: Checkpoint?
        /// Nil for the database's own table.
        let file: CheckpointFile?
    }

    private(set) var found: [Found] = []
    private var tableNotes: Set<String> = []
    private var rests: [(bytes: [UInt8], file: CheckpointFile)] = []
    private let key: JournalPublicKey?
    /// Whether the key was given by whoever asks, who then wants to see something that it signed.
    private let isKeyGiven: Bool

    init(key: JournalPublicKey?, isKeyGiven: Bool) {
        self.key = key
        self.isKeyGiven = isKeyGiven
    }

    mutating func add(_ note: String, from file: CheckpointFile?) {
        if file == nil { tableNotes.insert(note) }
        found.append(
            Found(note: note, checkpoint: SignedNote(note).flatMap { Checkpoint($0.text) }, file: file))
    }

    /// Takes in what a file outside the database holds.
    mutating func add(_ list: CheckpointList, from file: CheckpointFile) {
        list.notes.forEach { add($0, from: file) }
        if !list.rest.isEmpty { rests.append((list.rest, file)) }
    }

    /// Whether the database has any checkpoint.
    var hasTableNotes: Bool { !tableNotes.isEmpty }

    /// The entries whose hashes are needed.
    var sequences: Set<Int> { Set(found.compactMap { $0.checkpoint?.sequence }) }

    /// Judges all of them, and says what is covered.
    func finish(_ check: inout ChainCheck, journal: String) -> ChainReport.Coverage {
        var verified: Set<String> = []
        var newest = 0
        var kept: (sequence: Int, file: CheckpointFile)?
        var outside: (sequence: Int, file: CheckpointFile)?
        var newestInTable = 0
        var unknownSigners = 0
        for one in found {
            let place = one.file.map { "`\($0.path)`" } ?? "the database"
            guard let note = SignedNote(one.note), let checkpoint = one.checkpoint else {
                check.note(.tampered, nil, "A checkpoint in \(place) is not what was written.")
                continue
            }
            guard checkpoint.journal == journal else {
                check.note(.tampered, nil, "A checkpoint in \(place) belongs to another journal.")
                continue
            }
            let sequence = checkpoint.sequence
            if one.file == nil { newestInTable = max(newestInTable, sequence) }
            if check.hashes[sequence] != checkpoint.hash {
                let isShort = sequence > check.entryCount
                check.note(
                    .tampered, sequence,
                    isShort
                        ? "The journal ends at entry \(check.entryCount), and the checkpoint in \(place) was signed at entry \(sequence): its end was cut off, or it is an old copy."
                        : "Entry \(sequence) is not the one that the checkpoint in \(place) was signed for.")
                continue
            }
            guard let key, key.isNamed(in: note) else {
                unknownSigners += 1
                continue
            }
            guard key.verifies(note) else {
                check.note(
                    .tampered, sequence, "The signature of the checkpoint of entry \(sequence) in \(place) is wrong.")
                continue
            }
            if one.file != nil, !tableNotes.contains(one.note) {
                check.note(
                    .tampered, sequence,
                    "The checkpoint of entry \(sequence) in \(place) is missing from the database.")
            }
            verified.insert(one.note)
            newest = max(newest, sequence)
            guard let file = one.file else { continue }
            if isBetter(sequence, file, than: kept) { kept = (sequence, file) }
            if file.isOutside, sequence > outside?.sequence ?? 0 { outside = (sequence, file) }
        }
        judgeRests(&check)
        if newestInTable < check.signedSequence {
            let rest = newestInTable == 0 ? "none is there" : "the newest one is of entry \(newestInTable)"
            check.note(
                .tampered, check.signedSequence,
                "Entry \(check.signedSequence) was written together with a checkpoint, and \(rest): some were removed.")
        }
        if isKeyGiven, let key, verified.isEmpty {
            check.note(.cannotTell, nil, "No checkpoint is there that the given key `\(key.identifier)` signed.")
        }
        if unknownSigners > 0 {
            let reason =
                key == nil ? "there is no public key" : "another key than `\(key?.identifier ?? "")` signed them"
            let isOne = unknownSigners == 1
            check.note(
                .cannotTell, nil,
                "\(unknownSigners) checkpoint\(isOne ? "" : "s") can't be verified: \(reason). Name it with --key.")
        }
        let isCovered = kept.map { $0.sequence >= newest } ?? false
        return ChainReport.Coverage(
            sequence: newest, file: isCovered ? kept?.file.path : nil,
            externalSequence: outside?.sequence ?? 0, externalFile: outside?.file.path,
            checkpointCount: verified.count, keyIdentifier: key?.identifier)
    }

    /// What stands at the end of a file and is no checkpoint: the beginning of one of the database's, which a power cut
    /// left and the next checkpoint mends, or damage.
    private func judgeRests(_ check: inout ChainCheck) {
        for (bytes, file) in rests {
            if tableNotes.contains(where: { $0.utf8.starts(with: bytes) }) {
                check.remark("The last checkpoint in `\(file.path)` is not written to its end; the next one mends it.")
            } else {
                check.note(.tampered, nil, "What stands at the end of `\(file.path)` is no checkpoint.")
            }
        }
    }

    /// Of copies of the same checkpoint the one that is further away counts.
    private func isBetter(
        _ sequence: Int, _ file: CheckpointFile, than other: (sequence: Int, file: CheckpointFile)?
    ) -> Bool {
        guard let other else { return true }
        if sequence != other.sequence { return sequence > other.sequence }
        return file.isOutside && !other.file.isOutside
    }
}
