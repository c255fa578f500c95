import JSONSchemas

/// An entry's body as bytes: compact JSON with the members in the order they were given.
///
/// The order is kept, not sorted, because the next prompt is built from the journal: a resumed run must see the
/// same text as an unbroken one.
struct StoredBody {
    let bytes: [UInt8]
    let hash: [UInt8]
    let isBlob: Bool

    init(_ value: JSONValue, inlineByteLimit: Int) {
        bytes = value.serializedBytes(.compact)
        hash = EntryHash.body(bytes)
        isBlob = bytes.count > inlineByteLimit
    }
}

extension JournalEntry {
    init(
        _ draft: JournalEntryDraft, run: RunID, after head: JournalHead, at wallNanoseconds: Int64,
        body: StoredBody
    ) {
        let hash = EntryHash.entry(
            sequence: head.sequence + 1, run: run.description, step: draft.step, kind: draft.kind.rawValue,
            wallNanoseconds: wallNanoseconds, bodyHash: body.hash, previousHex: head.hash)
        self.init(
            sequence: head.sequence + 1, run: run, step: draft.step, kind: draft.kind, body: draft.body,
            wallNanoseconds: wallNanoseconds, hash: EntryHash.hex(hash), previousHash: head.hash)
    }
}
