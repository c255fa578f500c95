public import JSONSchemas
public import RunJournal

/// The page of the journal: whether it is as it was written, and what signatures cover.
public struct JournalView: Hashable, Sendable {
    /// The database's path.
    public let path: String
    /// Whether this process may only read it.
    public let isReadOnly: Bool
    /// What verifying found: `intact`, `incomplete`, `tampered` or `cannot_tell`.
    public let outcome: String
    /// Entries.
    public let entryCount: Int
    /// The newest entry's hash.
    public let head: String
    /// The newest entry that a verified signature covers; 0 where none does.
    public let signedTo: Int
    /// Entries after that.
    public let unsignedCount: Int
    /// Signed checkpoints that were found.
    public let checkpointCount: Int
    /// The newest entry that a checkpoint outside the state folder covers; 0 where none does.
    public let externalTo: Int
    /// The file that holds that checkpoint.
    public let externalFile: String?
    /// The signing key's identifier.
    public let key: String?
    /// What is wrong, in sentences.
    public let problems: [String]
    /// What is worth knowing, in sentences.
    public let remarks: [String]
    /// Who removed how many bodies.
    public let erasures: [Erasure]
    /// When it was verified, as RFC 3339.
    public let verifiedAt: String

    /// Bodies that a person removed.
    public struct Erasure: Hashable, Sendable {
        /// Who.
        public let person: String
        /// How many.
        public let count: Int
    }

    /// What a report says.
    public init(_ report: ChainReport, path: String, isReadOnly: Bool, verifiedAt: String) {
        self.path = path
        self.isReadOnly = isReadOnly
        self.verifiedAt = verifiedAt
        outcome =
            switch report.worst {
            case nil: "intact"
            case .tampered: "tampered"
            case .incomplete: "incomplete"
            case .cannotTell: "cannot_tell"
            }
        entryCount = report.entryCount
        head = report.head.hash
        signedTo = report.coverage.sequence
        unsignedCount = report.unsignedCount
        checkpointCount = report.coverage.checkpointCount
        externalTo = report.coverage.externalSequence
        externalFile = report.coverage.externalFile
        key = report.coverage.keyIdentifier
        problems = report.problems.map(\.sentence)
        remarks = report.remarks
        erasures = report.erasures.map { Erasure(person: $0.person, count: $0.count) }
    }

    /// What is left to say where the journal can't be verified.
    public init(failure: String, path: String, isReadOnly: Bool, verifiedAt: String) {
        self.path = path
        self.isReadOnly = isReadOnly
        self.verifiedAt = verifiedAt
        outcome = "cannot_tell"
        entryCount = 0
        head = ""
        signedTo = 0
        unsignedCount = 0
        checkpointCount = 0
        externalTo = 0
        externalFile = nil
        key = nil
        problems = [failure]
        remarks = []
        erasures = []
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "path": .string(path), "read_only": .bool(isReadOnly), "outcome": .string(outcome),
            "entries": .integer(entryCount), "head": .string(head), "signed_to": .integer(signedTo),
            "unsigned": .integer(unsignedCount), "checkpoints": .integer(checkpointCount),
            "external_to": .integer(externalTo),
            "external_file": externalFile.map { .string($0) } ?? .null,
            "key": key.map { .string($0) } ?? .null,
            "problems": .array(problems.map { .string($0) }),
            "remarks": .array(remarks.map { .string($0) }),
            "erased": .array(
                erasures.map { ["person": .string($0.person), "bodies": .integer($0.count)] }),
            "verified": .string(verifiedAt),
        ]
    }
}
