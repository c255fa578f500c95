import GRDB

/// One row of the table of entries and of what lies outside of it, as verification reads them.
struct VerifiedEntry {
    /// What the table `blob` says of a body outside the entry.
    struct Blob {
        let hash: [UInt8]
        let salt: [UInt8]?
        let byteCount: Int
        let bodyClass: String
        let place: String
        let bytes: [UInt8]?
        let erasedSequence: Int?
    }

    static let sql = """
        SELECT e.sequence, e.run, e.step, e.kind, e.subject, e.epoch, e.wall_ns, e.body, e.blob_hash, e.previous_hash,
            e.hash, b.hash, b.salt, b.byte_count, b.class, b.place, b.bytes, b.erased_sequence
        FROM entry AS e LEFT JOIN blob AS b ON b.sequence = e.sequence ORDER BY e.sequence
        """

    let fields: EntryHash.Fields
    let body: [UInt8]?
    let blobHash: [UInt8]?
    let previousHash: [UInt8]
    let hash: [UInt8]
    let blob: Blob?

    init(_ row: Row) throws {
        fields = EntryHash.Fields(
            sequence: try row.checked(at: 0), run: try row.checked(at: 1), step: try row.checked(at: 2),
            kind: try row.checked(at: 3), subject: try row.checked(at: 4), epoch: try row.checked(at: 5),
            wallNanoseconds: try row.checked(at: 6))
        body = try row.checkedBytes(at: 7)
        blobHash = try row.checkedBytes(at: 8)
        previousHash = try row.checkedBytes(at: 9) ?? []
        hash = try row.checkedBytes(at: 10) ?? []
        guard let blobRowHash = try row.checkedBytes(at: 11) else {
            blob = nil
            return
        }
        blob = Blob(
            hash: blobRowHash, salt: try row.checkedBytes(at: 12), byteCount: try row.checked(at: 13),
            bodyClass: try row.checked(at: 14), place: try row.checked(at: 15), bytes: try row.checkedBytes(at: 16),
            erasedSequence: try row.checkedOptional(at: 17))
    }
}
