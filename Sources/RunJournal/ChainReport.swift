/// What ``Journal/verifyChain(expecting:)`` found.
///
/// An intact chain proves that no entry up to the head was changed, removed, moved or inserted since it was
/// written, **given** a head kept elsewhere. Without one it cannot notice that the newest entries were cut off, or
/// that somebody rewrote the whole chain.
public struct ChainReport: Hashable, Sendable {
    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable {
        /// What kind of thing is wrong.
        public enum Kind: String, Hashable, Sendable {
            /// An entry, or what is derived from entries, is not what was written.
            case tampered
            /// A body's file is gone; everything else about the entry holds.
            case incomplete
        }
        /// What kind of thing is wrong.
        public let kind: Kind
        /// The entry concerned, or nil where it concerns a run as a whole.
        public let sequence: Int?
        /// One sentence for a person.
        public let sentence: String
    }

    /// How many entries were checked.
    public let entryCount: Int
    /// The newest entry's place in the chain.
    public let head: JournalHead
    /// Whether a head kept elsewhere was part of the check.
    public let hasExternalHead: Bool
    /// Everything that is wrong, at most 100 problems.
    public let problems: [Problem]

    /// Whether nothing is wrong.
    public var isIntact: Bool { problems.isEmpty }
}
