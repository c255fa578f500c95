import Foundation

/// A signed statement that the journal had this many entries and this head.
///
/// The text has the form of C2SP `tlog-checkpoint` (c2sp.org/tlog-checkpoint): origin, size, base64 of a hash, and two
/// extension lines. One departure, which the first extension line names: the hash is the head of the hash chain and not
/// the root of a Merkle tree, so that signatures verify with any tool of that form, and inclusion proofs don't exist.
public struct Checkpoint: Hashable, Sendable {
    static let originPrefix = "warrant-journal/"

    /// The journal's identifier.
    public let journal: String
    /// How many entries it had.
    public let sequence: Int
    /// The hash of the newest of them, in hex.
    public let hash: String
    /// When it was signed by the signer's clock, in nanoseconds since 1970.
    public let wallNanoseconds: Int64

    init(_ head: JournalHead, at wallNanoseconds: Int64) {
        journal = head.journal
        sequence = head.sequence
        hash = head.hash
        self.wallNanoseconds = wallNanoseconds
    }

    /// Reads a note's text; nil unless it is exactly what ``text`` writes.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[0].hasPrefix(Self.originPrefix), let sequence = Int(lines[1]),
            let hash = Data(base64Encoded: String(lines[2])), lines[4].hasPrefix("time "),
            let wallNanoseconds = Int64(lines[4].dropFirst("time ".count))
        else { return nil }
        journal = String(lines[0].dropFirst(Self.originPrefix.count))
        self.sequence = sequence
        self.hash = EntryHash.hex(hash)
        self.wallNanoseconds = wallNanoseconds
        guard Array(self.text.utf8) == Array(text.utf8) else { return nil }
    }

    /// The text that is signed.
    var text: String {
        """
        \(Self.originPrefix)\(journal)
        \(sequence)
        \(Data(EntryHash.bytes(hex: hash) ?? []).base64EncodedString())
        chain \(EntryHash.format)
        time \(wallNanoseconds)

        """
    }

    /// The newest checkpoint in a file that this key signed; nil where there is none.
    public static func newest(in path: String, signedBy key: JournalPublicKey) throws(JournalError) -> Checkpoint? {
        let file = CheckpointFile(
            path: path, isGrownAhead: false, isElsewhere: true, isOutside: true, isNamed: true)
        let notes = try file.list()?.notes ?? []
        let signed = notes.compactMap { SignedNote($0) }.filter { key.verifies($0) }
        return signed.compactMap { Checkpoint($0.text) }.max { $0.sequence < $1.sequence }
    }

    var head: JournalHead { JournalHead(journal: journal, sequence: sequence, hash: hash) }
}
