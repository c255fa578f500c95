public import JSONSchemas
public import RunJournal

/// The page of feedback: what persons changed or denied, newest first, each a labelled case for a gold set.
public struct FeedbackView: Hashable, Sendable {
    /// The cases.
    public let cases: [Case]
    /// Whether there are more than are shown.
    public let hasMore: Bool

    /// What a person said of one call.
    public struct Case: Hashable, Sendable {
        /// What was said.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// The call was made with other arguments.
            case edited
            /// The call was not made.
            case denied
        }

        /// The entry that holds the answer.
        public let sequence: Int
        /// The run.
        public let run: RunID
        /// The step's address.
        public let address: String
        /// What was said.
        public let kind: Kind
        /// The tool.
        public let tool: String
        /// Who said it.
        public let person: String
        /// When, as RFC 3339.
        public let at: String
        /// Why; empty where nothing was said.
        public let reason: String
        /// The rule that asked.
        public let rule: String
        /// The arguments as they were asked about.
        public let asked: JSONObject
        /// The arguments as the person wants them; nil where the call was denied.
        public let wanted: JSONObject?

        /// Makes a case.
        public init(
            sequence: Int, run: RunID, address: String, kind: Kind, tool: String, person: String, at: String,
            reason: String, rule: String, asked: JSONObject, wanted: JSONObject?
        ) {
            self.sequence = sequence
            self.run = run
            self.address = address
            self.kind = kind
            self.tool = tool
            self.person = person
            self.at = at
            self.reason = reason
            self.rule = rule
            self.asked = asked
            self.wanted = wanted
        }

        /// The arguments that differ, in their order: as asked about and as wanted; nil where one lacks it.
        public var differences: [(name: String, asked: JSONValue?, wanted: JSONValue?)] {
            guard let wanted else { return [] }
            let names = asked.map(\.key) + wanted.map(\.key).filter { asked[$0] == nil }
            return names.compactMap { name in
                asked[name] == wanted[name] ? nil : (name, asked[name], wanted[name])
            }
        }

        /// The case as a line of a gold set.
        public func toJSON() -> JSONValue {
            [
                "id": .string("\(run)/\(sequence)"), "run": .string(run.description), "step": .string(address),
                "entry": .integer(sequence), "label": .string(kind.rawValue), "tool": .string(tool),
                "person": .string(person), "at": .string(at), "reason": .string(reason), "rule": .string(rule),
                "asked": .object(asked), "wanted": wanted.map { .object($0) } ?? .null,
            ]
        }
    }

    /// Makes the view.
    public init(cases: [Case], hasMore: Bool) {
        self.cases = cases
        self.hasMore = hasMore
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        ["cases": .array(cases.map { $0.toJSON() }), "more": .bool(hasMore)]
    }
}
