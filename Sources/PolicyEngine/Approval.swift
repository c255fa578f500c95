public import JSONSchemas

/// A person's answer to one ``ApprovalRequest``.
public struct Approval: Hashable, Sendable {
    /// What the person said.
    public enum Answer: String, Hashable, Sendable {
        /// The call may be made, once.
        case approved
        /// The call must not be made.
        case rejected
        /// The call need not be made: begun before, it did happen. Only an answer to a question about an unknown
        /// outcome, see ``ApprovalRequest/isAboutUnknownOutcome``; to any other it says nothing.
        case happened
    }

    /// The request's digest.
    public let digest: String
    /// What the person said.
    public let decision: Answer
    /// Who answered.
    public let person: String
    /// Why, where the person said so.
    public let reason: String?
    /// All arguments as the person wants them, or nil to leave them as they were asked about.
    public let editedArguments: JSONObject?
    /// The arguments whose exact values the person vouches for in the rest of the run: see ``Endorsement``.
    public let endorsedArguments: [String]
    /// The call's result as the person found it, where the answer is that it happened; nil where they can't say.
    public let observedResult: JSONValue?
    /// When, as RFC 3339. For people: what counts is when the answer was recorded.
    public let at: String

    /// Makes an answer.
    public init(
        digest: String, decision: Answer, person: String, reason: String? = nil,
        editedArguments: JSONObject? = nil, endorsedArguments: [String] = [], observedResult: JSONValue? = nil,
        at: String
    ) {
        self.digest = digest
        self.decision = decision
        self.person = person
        self.reason = reason
        self.editedArguments = editedArguments
        self.endorsedArguments = endorsedArguments
        self.observedResult = observedResult
        self.at = at
    }

    /// Everything, as it is journaled.
    public func toJSON() -> JSONValue {
        var members: JSONObject = [
            "digest": .string(digest), "decision": .string(decision.rawValue), "person": .string(person),
            "reason": reason.map { .string($0) } ?? .null,
            "edited": editedArguments.map { .object($0) } ?? .null, "at": .string(at),
        ]
        if !endorsedArguments.isEmpty { members["endorsed"] = .array(endorsedArguments.map { .string($0) }) }
        if let observedResult { members["observed"] = observedResult }
        return .object(members)
    }

    /// The answer that ``toJSON()`` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let digest = value["digest"]?.stringValue,
            let decision = value["decision"]?.stringValue.flatMap(Answer.init(rawValue:)),
            let person = value["person"]?.stringValue, let at = value["at"]?.stringValue
        else { return nil }
        let edited = value["edited"] ?? .null
        // Something that is there and not readable must not pass for "no edit".
        guard edited.isNull || edited.objectValue != nil else { return nil }
        let endorsed = value["endorsed"] ?? []
        let names = endorsed.arrayValue?.compactMap(\.stringValue)
        guard let names, names.count == endorsed.arrayValue?.count else { return nil }
        self.init(
            digest: digest, decision: decision, person: person, reason: value["reason"]?.stringValue,
            editedArguments: edited.objectValue, endorsedArguments: names, observedResult: value["observed"], at: at)
    }
}

/// Where a person's answers come from.
public protocol ApprovalInbox: Sendable {
    /// The answer to a request, or nil when nobody is there to give one: then the run parks.
    func answer(to request: ApprovalRequest) async throws -> Approval?
}
