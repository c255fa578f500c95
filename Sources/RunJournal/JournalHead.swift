/// A place in the chain: everything up to it is fixed by one hash.
public struct JournalHead: Hashable, Codable, Sendable {
    /// The journal's identifier, made when it was created.
    public let journal: String
    /// The newest entry's sequence; 0 when there is none.
    public let sequence: Int
    /// That entry's hash in hex.
    public let hash: String

    /// Names a place in a chain, for example one kept outside the machine.
    public init(journal: String, sequence: Int, hash: String) {
        self.journal = journal
        self.sequence = sequence
        self.hash = hash
    }
}
