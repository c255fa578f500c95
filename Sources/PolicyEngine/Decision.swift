public import WorkflowFormat

/// What the policy says to one call.
public enum Decision: ~Copyable, Sendable {
    /// The call may be made once.
    case allow(Warrant)
    /// A person must answer first.
    case ask(ApprovalRequest)
    /// The call must not be made.
    case deny(Denial)

    /// The bare word, without consuming the decision.
    public var outcome: PolicyDecision {
        switch self {
        case .allow: .allow
        case .ask: .ask
        case .deny: .deny
        }
    }

    /// One sentence for a person: which rule decided, and what to change.
    public var sentence: String {
        switch self {
        case .allow(let warrant): warrant.sentence
        case .ask(let request): request.sentence
        case .deny(let denial): denial.sentence
        }
    }

    /// The rule that decided, such as `issue.create.labels.one_of`.
    public var rule: String {
        switch self {
        case .allow(let warrant): warrant.rule
        case .ask(let request): request.rule
        case .deny(let denial): denial.rule
        }
    }
}

/// A refused call. A value, not an error: the planner sees it and may propose something else.
public struct Denial: Hashable, Sendable {
    /// The rule that decided.
    public let rule: String
    /// One sentence for a person and the planner, without argument values: which rule, and what to change.
    public let sentence: String
    /// Everything that stood against the call, strictest first.
    public let findings: [Finding]
}

/// What one rule says to one call.
public struct Finding: Hashable, Sendable {
    /// The decision this rule alone would make.
    public let decision: PolicyDecision
    /// The rule, such as `issue.create.labels.one_of`.
    public let rule: String
    /// One sentence for a person, without argument values.
    public let sentence: String

    init(_ decision: PolicyDecision, rule: String, because reason: String) {
        self.decision = decision
        self.rule = rule
        sentence =
            switch decision {
            case .allow: "Allowed by `\(rule)`: \(reason)."
            case .ask: "A person must decide because of `\(rule)`: \(reason)."
            case .deny: "Denied by `\(rule)`: \(reason)."
            }
    }
}

extension PolicyDecision {
    /// `allow` 0, `ask` 1, `deny` 2: of several, the highest decides.
    var strictness: Int {
        switch self {
        case .allow: 0
        case .ask: 1
        case .deny: 2
        }
    }
}
