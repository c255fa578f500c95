public import JSONSchemas

/// Which values of a tool's result name a record that somebody trustworthy pointed at.
///
/// Such a value is a handle: later calls of the run may use it as if a person had written it, but only where a record
/// of its kind is meant. An event's id never passes for a file's.
public struct VouchRule: Hashable, Sendable {
    /// When a record's handle counts.
    public enum Condition: Hashable, Sendable {
        /// A trusted text names the record: it holds one of these fields as a whole.
        case described(by: [JSONPointer])
        /// The call's own arguments all came from trusted text, it found exactly one record, and a trusted text names
        /// that record by one of these fields; with nil whatever the record is called.
        case onlyMatch(by: [JSONPointer]?)
        /// The call's own arguments all came from trusted text, the tool looks names up in a directory, and a trusted
        /// text names the record by one of these fields; with nil whatever the records are called.
        case directory(by: [JSONPointer]?)
        /// The call made the record.
        case created

        /// The condition as files write it.
        public var name: String {
            switch self {
            case .described: "described"
            case .onlyMatch: "only_match"
            case .directory: "directory"
            case .created: "created"
            }
        }

        /// Every name that files may write.
        public static let names = ["described", "only_match", "directory", "created"]

        /// What files write for `by` where the name of a record doesn't matter, because nobody else can add one.
        static let anyName = "any"
    }

    /// The kind of record, such as `event` or `file`.
    public let kind: String
    /// Where the records are in the result: a list, or one record; the whole result by default.
    public let records: JSONPointer
    /// Where the handle is in a record, a value or a list of them; the record itself by default.
    public let handle: JSONPointer
    /// When it counts.
    public let condition: Condition

    /// A rule.
    public init(
        kind: String, records: JSONPointer = JSONPointer(), handle: JSONPointer = JSONPointer(), condition: Condition
    ) {
        self.kind = kind
        self.records = records
        self.handle = handle
        self.condition = condition
    }
}
