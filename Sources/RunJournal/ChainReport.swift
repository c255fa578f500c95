/// What ``Journal/verifyChain(expecting:key:checkpoints:)`` found.
///
/// An intact chain proves that no entry up to the newest verified checkpoint was changed, removed, moved or inserted
/// since that was signed. Of the entries after it, it proves that they fit together, and not that they are the ones
/// which were written: whoever can write to the file can cut them off or write others.
public struct ChainReport: Hashable, Sendable {
    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable {
        /// What kind of thing is wrong.
        public enum Kind: String, Hashable, Sendable {
            /// An entry, or what is derived from entries, is not what was written.
            case tampered
            /// A body is gone without a record of its removal; everything else about the entry holds.
            case incomplete
            /// A signature can't be checked, since the key for it is missing, or nothing is signed with the given one.
            case cannotTell
        }
        /// What kind of thing is wrong.
        public let kind: Kind
        /// The entry concerned, or nil where it concerns a run or the journal as a whole.
        public let sequence: Int?
        /// One sentence for a person.
        public let sentence: String
    }

    /// What signatures cover.
    public struct Coverage: Hashable, Sendable {
        /// The entry of the newest checkpoint whose signature and hash are right; 0 where there is none.
        public let sequence: Int
        /// The file outside the database that holds this checkpoint or a later one of the same journal; nil where only
        /// the database has it.
        public let file: String?
        /// The entry of the newest such checkpoint in a file outside the state folder, where whoever may write to the
        /// journal need not reach; 0 where there is none.
        public let externalSequence: Int
        /// That file; nil where there is none.
        public let externalFile: String?
        /// How many checkpoints were verified, each once.
        public let checkpointCount: Int
        /// The id of the key, in hex; nil where there is no key.
        public let keyIdentifier: String?

        /// Whether the newest of all is kept outside the state folder too.
        public var isExternal: Bool { externalSequence > 0 && externalSequence >= sequence }
    }

    /// Bodies that one person removed by pruning.
    public struct Erasure: Hashable, Sendable {
        /// Who.
        public let person: String
        /// How many bodies.
        public let count: Int
    }

    /// How many entries were checked.
    public let entryCount: Int
    /// The newest entry's place in the chain.
    public let head: JournalHead
    /// Whether a head kept elsewhere was part of the check: one that was given, or an external checkpoint.
    public let hasExternalHead: Bool
    /// What signatures cover.
    public let coverage: Coverage
    /// The bodies that are gone by the record, by who removed them.
    public let erasures: [Erasure]
    /// What is worth knowing and not wrong, as sentences.
    public let remarks: [String]
    /// Everything that is wrong, at most 100 problems.
    public let problems: [Problem]

    /// Whether nothing is wrong.
    public var isIntact: Bool { problems.isEmpty }

    /// The worst kind of problem; nil where nothing is wrong. Certain tampering outweighs a missing key, and that
    /// outweighs a missing body.
    public var worst: Problem.Kind? {
        let kinds = Set(problems.map(\.kind))
        return [.tampered, .cannotTell, .incomplete].first { kinds.contains($0) }
    }

    /// How many entries no signature covers.
    public var unsignedCount: Int { max(0, entryCount - coverage.sequence) }

    /// How many entries no signature outside the state folder covers.
    public var onlyInsideCount: Int { max(0, entryCount - coverage.externalSequence) }
}
