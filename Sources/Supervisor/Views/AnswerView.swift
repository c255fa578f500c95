public import JSONSchemas
public import PolicyEngine

/// What a person answered, in short.
public struct AnswerView: Hashable, Sendable {
    /// What the person said.
    public let decision: Approval.Answer
    /// Who.
    public let person: String
    /// When it was recorded, as RFC 3339.
    public let at: String
    /// Why; empty where nothing was said.
    public let reason: String
    /// Whether the arguments were changed.
    public let isEdited: Bool
    /// The arguments whose values the person vouched for.
    public let endorsed: [String]

    /// The answer in short.
    public init(_ approval: Approval, recordedAt: String) {
        decision = approval.decision
        person = approval.person
        at = recordedAt
        reason = approval.reason ?? ""
        isEdited = approval.editedArguments != nil
        endorsed = approval.endorsedArguments
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "decision": .string(decision.rawValue), "person": .string(person), "at": .string(at),
            "reason": .string(reason), "edited": .bool(isEdited),
            "endorsed": .array(endorsed.map { .string($0) }),
        ]
    }
}
