import Foundation
public import JSONSchemas

/// One row of the journal: durable, in order, and chained to the row before.
public struct JournalEntry: Hashable, Sendable {
    /// Position in the whole journal, from 1, without gaps.
    public let sequence: Int
    /// The run it belongs to.
    public let run: RunID
    /// The step's address, such as `triage[3]/file#2`; empty for the run itself.
    public let step: String
    /// What it records.
    public let kind: JournalEntryKind
    /// The details; their shape depends on the kind and is the writer's matter.
    public let body: JSONValue
    /// Wall time in nanoseconds since 1970. For people: order is ``sequence``, since clocks are set back.
    public let wallNanoseconds: Int64
    /// Which writer of the run wrote it: counts from 1 with each process that took the run's lease; 0 before the first.
    public let epoch: Int
    /// What ties it to other entries: the id of its effect, the digest of its question, or the hash of an erased body.
    /// Empty where there is nothing of the kind.
    public let subject: String
    /// Lower-case hex SHA-256 of this entry, which covers ``previousHash``.
    public let hash: String
    /// The hash of the entry before; for the first one the hash of the journal's own row.
    public let previousHash: String

    /// Whether pruning removed the body. ``body`` is null then; everything else about the entry is as it was.
    public let isErased: Bool

    init(
        sequence: Int, run: RunID, step: String, kind: JournalEntryKind, body: JSONValue, wallNanoseconds: Int64,
        epoch: Int, subject: String, hash: String, previousHash: String, isErased: Bool = false
    ) {
        self.sequence = sequence
        self.run = run
        self.step = step
        self.kind = kind
        self.body = body
        self.wallNanoseconds = wallNanoseconds
        self.epoch = epoch
        self.subject = subject
        self.hash = hash
        self.previousHash = previousHash
        self.isErased = isErased
    }

    /// The member of a body that holds what was measured: times and sizes, which no two runs have in common.
    public static let measuredMember = "measured"

    /// The body without what nobody could work out again: all that anything is decided by, and that a replay compares.
    public var facts: JSONValue { Self.facts(of: body) }

    /// A body without what was measured, and without the counts of what was replaced in it: neither can be told from
    /// what the record has.
    public static func facts(of body: JSONValue) -> JSONValue {
        guard var members = body.objectValue else { return body }
        for name in [measuredMember, "redacted", JournalEntryDraft.guardedKey] { members.removeValue(forKey: name) }
        return .object(members)
    }

    /// What was measured; nil where nothing was.
    public var measured: JSONObject? { body[Self.measuredMember]?.objectValue }

    /// The same entry with another body, or (nil) as pruning leaves it.
    package func with(body: JSONValue?) -> JournalEntry {
        JournalEntry(
            sequence: sequence, run: run, step: step, kind: kind, body: body ?? .null,
            wallNanoseconds: wallNanoseconds, epoch: epoch, subject: subject, hash: hash, previousHash: previousHash,
            isErased: body == nil)
    }

    /// The wall time as RFC 3339 in UTC, to the millisecond.
    public var timestamp: String { Self.timestamp(nanoseconds: wallNanoseconds) }

    /// Formats nanoseconds since 1970 as RFC 3339 in UTC, to the millisecond.
    public static func timestamp(nanoseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(nanoseconds) / 1e9)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// An entry that is not written yet: what ``Journal/append(_:run:)`` takes.
public struct JournalEntryDraft: Hashable, Sendable {
    /// What it records.
    public let kind: JournalEntryKind
    /// The step's address; empty for the run itself.
    public let step: String
    /// The details.
    public let body: JSONValue

    /// Makes a draft.
    public init(_ kind: JournalEntryKind, step: String = "", body: JSONValue = .object(JSONObject())) {
        self.kind = kind
        self.step = step
        self.body = body
    }
}
