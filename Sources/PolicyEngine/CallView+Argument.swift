public import JSONSchemas
public import Provenance
public import WorkflowFormat

extension CallView {
    /// One argument: its raw value and where it came from.
    public struct Argument: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The raw value.
        public let value: JSONValue
        /// The whole value made visible: a text as it is, anything else as JSON over several lines.
        public let text: String
        /// How far it may be trusted, who may see it, and all its sources.
        public let label: Label
        /// Where it came from, at most ``originLimit`` places: first that which made it, then those that hold it as it is.
        public let origins: [Origin]
        /// The other places it came from.
        public let furtherOrigins: [Source]
        /// How many more places it came from.
        public var furtherOriginCount: Int { furtherOrigins.count }

        /// More would hide the value they are about.
        public static let originLimit = 4
        /// Places that are looked at to find those.
        private static let searchedOriginLimit = 64

        init(name: String, value: JSONValue, label: Label, source: (Source) -> JSONValue?) {
            self.name = name
            self.value = value
            self.label = label
            text = VisibleText.escaping(value.stringValue ?? value.serialized(.pretty))
            let sources = label.sortedSources
            let found = sources.prefix(Self.searchedOriginLimit).map { place -> (origin: Origin, rank: Int) in
                // What the workflow's author wrote is the value itself.
                let there = place.isWorkflow ? nil : source(place)
                let origin = Origin(source: place, snippet: there.flatMap { SourceSnippet(of: value, in: $0) })
                return (origin, there == value ? 0 : Self.rank(of: origin))
            }
            let places = found.indices.sorted { (found[$0].rank, $0) < (found[$1].rank, $1) }
            let best = places.map { found[$0].origin }
            origins = Array(best.prefix(Self.originLimit))
            furtherOrigins =
                best.dropFirst(Self.originLimit).map(\.source) + sources.dropFirst(Self.searchedOriginLimit)
        }

        /// Less for a place that says more; 0 is for the one that holds this value and nothing else.
        private static func rank(of origin: Origin) -> Int {
            (origin.snippet?.isVerbatim == true ? 1 : 3) + (origin.source.pointer.isEmpty ? 1 : 0)
        }

        func toJSON() -> JSONValue {
            [
                "name": .string(name), "value": value, "label": label.toJSON(),
                "origins": .array(
                    origins.compactMap { origin in
                        origin.snippet.map { snippet in
                            [
                                "source": origin.source.toJSON(), "snippet": .string(snippet.text),
                                "verbatim": .bool(snippet.isVerbatim),
                            ]
                        }
                    }),
            ]
        }
    }

    /// One place that a value came from.
    public struct Origin: Hashable, Sendable {
        /// The place.
        public let source: Source
        /// The text around the value there, where the record has it.
        public let snippet: SourceSnippet?
    }

    /// What the policy said.
    public struct Ruling: Hashable, Sendable {
        /// The decision.
        public let decision: PolicyDecision
        /// The rule that decided.
        public let rule: String
        /// The rule's sentence.
        public let sentence: String
        /// The version of the policy.
        public let policyVersion: String

        /// The ruling in the body of a `callDecided` entry; nil for anything else.
        public init?(fromJSON body: JSONValue) {
            guard let decision = body["decision"]?.stringValue.flatMap(PolicyDecision.init(rawValue:)),
                let rule = body["rule"]?.stringValue, let sentence = body["sentence"]?.stringValue
            else { return nil }
            self.decision = decision
            self.rule = rule
            self.sentence = sentence
            policyVersion = body["policy"]?.stringValue ?? ""
        }
    }

    /// What a person answered.
    public struct Answer: Hashable, Sendable {
        /// The answer as it was recorded.
        public let approval: Approval
        /// When it was recorded, as RFC 3339.
        public let recordedAt: String

        /// Makes an answer.
        public init(_ approval: Approval, recordedAt: String) {
            self.approval = approval
            self.recordedAt = recordedAt
        }

        func toJSON() -> JSONValue {
            var members = approval.toJSON().objectValue ?? JSONObject()
            members["recorded"] = .string(recordedAt)
            return .object(members)
        }
    }
}
