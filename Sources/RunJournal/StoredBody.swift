import JSONSchemas

/// An entry's body as bytes: compact JSON with the members in the order they were given.
///
/// The order is kept, not sorted, because the next prompt is built from the journal: a resumed run must see the
/// same text as an unbroken one.
struct StoredBody {
    /// Where the bytes lie.
    enum Place: String {
        /// In the entry's own row, for good.
        case entry
        /// In the row of the table `blob`: what may be erased, and is small.
        case row
        /// In a file under `blobs/`.
        case file
    }

    let bytes: [UInt8]
    let bodyClass: BodyClass
    let place: Place
    /// Empty for a body in the entry itself.
    let salt: [UInt8]
    let hash: [UInt8]

    init(_ value: JSONValue, kind: JournalEntryKind, inlineByteLimit: Int) {
        bytes = value.serializedBytes(.compact)
        bodyClass = BodyClass(kind)
        if bytes.count > inlineByteLimit {
            place = .file
        } else {
            place = bodyClass == .record ? .entry : .row
        }
        salt = place == .entry ? [] : Self.randomSalt()
        hash = EntryHash.body(bytes, salt: salt)
    }

    private static func randomSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<EntryHash.saltByteCount).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    }
}

extension JournalEntry {
    init(
        _ draft: JournalEntryDraft, run: RunID, epoch: Int, after head: JournalHead, at wallNanoseconds: Int64,
        body: StoredBody
    ) {
        let subject = Self.subject(of: draft)
        let fields = EntryHash.Fields(
            sequence: head.sequence + 1, run: run.description, step: draft.step, kind: draft.kind.rawValue,
            subject: subject, epoch: epoch, wallNanoseconds: wallNanoseconds)
        let hash = EntryHash.entry(
            fields, bodyHash: body.hash, previous: EntryHash.bytes(hex: head.hash) ?? [])
        self.init(
            sequence: head.sequence + 1, run: run, step: draft.step, kind: draft.kind, body: draft.body,
            wallNanoseconds: wallNanoseconds, epoch: epoch, subject: subject, hash: EntryHash.hex(hash),
            previousHash: head.hash)
    }

    /// What ties entries together: the effect that an intent and its outcome are about, the digest of a question and its
    /// answer (the step where there is none), the body that was erased.
    static func subject(of draft: JournalEntryDraft) -> String {
        switch draft.kind {
        case .executionStarted, .observationRecorded: draft.body["effect"]?.stringValue ?? ""
        case .approvalRequested, .approvalRecorded: draft.body["digest"]?.stringValue ?? "step:\(draft.step)"
        case .blobErased: draft.body["sha256"]?.stringValue ?? ""
        default: ""
        }
    }
}
