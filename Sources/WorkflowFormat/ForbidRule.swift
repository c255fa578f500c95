public import JSONSchemas
public import WebAddresses

/// What is denied whatever else allows it.
public struct ForbidRule: Hashable, Sendable {
    /// One thing about an argument.
    public enum Condition: Hashable, Sendable {
        /// The value, or an element of it, is one of these; letter case doesn't count.
        case oneOf([JSONValue])
        /// A string in it matches this pattern.
        case pattern(String)
        /// A string in it is a URL at one of these hosts, or can't be read as a URL.
        case hostIn([HostEntry])
        /// The value is untrusted.
        case untrusted
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

    /// The rule's name, unique in the policy.
    public let id: String
    /// The tools it speaks about; all tools when empty.
    public let tools: [String]
    /// When it applies: every clause holds. Without clauses it always does.
    public let clauses: [Clause]
    /// Why, as the end of a sentence.
    public let reason: String?
    /// Where it is written.
    public let position: SourcePosition

    /// A rule.
    public init(
        id: String, tools: [String] = [], clauses: [Clause] = [], reason: String? = nil,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.id = id
        self.tools = tools
        self.clauses = clauses
        self.reason = reason
        self.position = position
    }
}
