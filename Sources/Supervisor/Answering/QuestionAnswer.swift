public import JSONSchemas
public import RunJournal

/// A person's answer to one question, as the page sends it.
public struct QuestionAnswer: Hashable, Sendable {
    /// What the person says.
    public enum Decision: String, Hashable, Sendable, CaseIterable {
        /// The call may be made.
        case approve
        /// The call must not be made.
        case deny
        /// The call, whose outcome was unknown, had its effect.
        case happened
        /// The call, whose outcome was unknown, had no effect; it is made once more.
        case didNotHappen = "did_not_happen"
    }

    /// The entry that asks.
    public let question: Int
    /// The digest of the question that the person saw. An answer to another one is refused.
    public let digest: String
    /// What the person says.
    public let decision: Decision
    /// Why; empty where nothing is said.
    public var reason = ""
    /// All arguments as the person wants them; nil to leave them as they are.
    public var edited: JSONObject?
    /// The arguments whose values the person vouches for in the rest of the run.
    public var endorsed: [String] = []
    /// The result that the call had, as the person found it.
    public var observed: JSONValue?

    /// An answer.
    public init(question: Int, digest: String, decision: Decision) {
        self.question = question
        self.digest = digest
        self.decision = decision
    }
}

/// What was recorded for one answer.
public struct AnswerReceipt: Hashable, Sendable {
    /// The entry that asked.
    public let question: Int
    /// The run.
    public let run: RunID
    /// The step's address.
    public let step: String
    /// What was recorded: `approved`, `rejected` or `happened`.
    public let decision: String
    /// By whom.
    public let person: String
    /// What the person should know of it, in sentences.
    public let remarks: [String]

    /// A receipt.
    public init(question: Int, run: RunID, step: String, decision: String, person: String, remarks: [String]) {
        self.question = question
        self.run = run
        self.step = step
        self.decision = decision
        self.person = person
        self.remarks = remarks
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "question": .integer(question), "run": .string(run.description), "step": .string(step),
            "decision": .string(decision), "person": .string(person),
            "remarks": .array(remarks.map { .string($0) }),
        ]
    }
}
