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
    /// Lower-case hex SHA-256 of this entry, which covers ``previousHash``.
    public let hash: String
    /// The hash of the entry before; for the first one the hash of the journal's own row.
    public let previousHash: String

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
