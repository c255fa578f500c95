public import JSONSchemas
public import WebAddresses

/// What is denied, or asked about, whatever else allows it.
public struct ForbidRule: Hashable, Sendable {
    /// One thing about an argument.
    public enum Condition: Hashable, Sendable {
        /// The value, or an element of it, is one of these; letter case doesn't count.
        case oneOf([JSONValue])
        /// A string in it, or a member's name, matches this pattern.
        case pattern(String)
        /// A string in it, or a member's name, is a URL at one of these hosts, or can't be read as a URL.
        case hostIn([HostEntry])
        /// The value is untrusted.
        case untrusted
        /// A string in it, or a member's name, holds what looks like a secret.
        case secret
    }

    /// What is asked of one argument: every condition holds.
    public struct Clause: Hashable, Sendable {
        /// The argument.
        public let argument: String
        /// The conditions.
        public let conditions: [Condition]

        /// A clause.
        public init(argument: String, conditions: [Condition]) {
            self.argument = argument
            self.conditions = conditions
        }
    }

    /// Where the calls that a rule speaks about lead.
    public enum Sink: String, Hashable, Sendable, CaseIterable {
        /// Out of the run's own files and sandboxes, such as to a tracker or a web server.
        case egress
    }

    /// What a call holds in any of its arguments.
    public enum Content: String, Hashable, Sendable, CaseIterable {
        /// What looks like a key, a token or a password.
        case secret
    }

    /// The rule's name, unique in the policy.
    public let id: String
    /// The tools it speaks about; all tools when empty.
    public let tools: [String]
    /// When it applies: every clause holds. Without clauses, ``sink`` and ``content`` it always does.
    public let clauses: [Clause]
    /// Where a call must lead for the rule to apply; nil for anywhere.
    public let sink: Sink?
    /// What the call as a whole must hold for the rule to apply; nil for anything.
    public let content: Content?
    /// What becomes of a call that it applies to: `deny`, or `ask` where a person is to look.
    public let decision: PolicyDecision
    /// Why, as the end of a sentence.
    public let reason: String?
    /// Where it is written.
    public let position: SourcePosition

    /// Whether it applies to every call of its tools.
    public var isUnconditional: Bool { clauses.isEmpty && sink == nil && content == nil }

    /// A rule.
    public init(
        id: String, tools: [String] = [], clauses: [Clause] = [], sink: Sink? = nil, content: Content? = nil,
        decision: PolicyDecision = .deny, reason: String? = nil,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.id = id
        self.tools = tools
        self.clauses = clauses
        self.sink = sink
        self.content = content
        self.decision = decision
        self.reason = reason
        self.position = position
    }
}
