public import JSONSchemas

/// A tool as its manifest describes it.
public struct ToolDefinition: Hashable, Sendable {
    /// What carries a call out.
    public enum Kind: Hashable, Sendable {
        /// Code of this program.
        case builtin
        /// A fixed command with typed holes, without a shell.
        case command(CommandTemplate)
        /// A server of the Model Context Protocol.
        case mcp
        /// A web service.
        case http

        /// The kind as manifests write it.
        public var name: String {
            switch self {
            case .builtin: "builtin"
            case .command: "command"
            case .mcp: "mcp"
            case .http: "http"
            }
        }
    }

    /// The name, such as `issue.create`.
    public let name: String
    /// What it does, in one sentence that the model reads.
    public let summary: String
    /// What the arguments are like: a closed object.
    public let arguments: JSONSchema
    /// What the result is like.
    public let result: JSONSchema
    /// The integrity of the result's fields (`trusted`, `endorsed` or `untrusted`); untrusted where nothing is said.
    public let labels: [(pointer: String, integrity: String)]
    /// What an interrupted call leaves.
    public let effect: Effect
    /// The arguments that say where it lands.
    public let sinkControl: [String]
    /// The arguments that say what it carries.
    public let sinkContent: [String]
    /// The loosest decision that a policy may make about it.
    public let leastDecision: PolicyDecision
    /// The arguments that are URLs, whose hosts a policy has to name with `host_in`.
    public let hostArguments: [String]
    /// The sandbox profile it runs under; `nil` for none.
    public let sandboxProfile: String?
    /// What carries a call out.
    public let kind: Kind

    /// A tool.
    public init(
        name: String, summary: String, arguments: JSONSchema, result: JSONSchema = .anything,
        labels: [(pointer: String, integrity: String)] = [], effect: Effect = .pure,
        sinkControl: [String] = [],
        sinkContent: [String] = [], leastDecision: PolicyDecision = .allow, hostArguments: [String] = [],
        sandboxProfile: String? = nil, kind: Kind = .builtin
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.result = result
        self.labels = labels
        self.effect = effect
        self.sinkControl = sinkControl
        self.sinkContent = sinkContent
        self.leastDecision = leastDecision
        self.hostArguments = hostArguments
        self.sandboxProfile = sandboxProfile
        self.kind = kind
    }

    /// Whether both say the same.
    public static func == (left: ToolDefinition, right: ToolDefinition) -> Bool {
        left.name == right.name && left.summary == right.summary && left.arguments == right.arguments
            && left.result == right.result && left.labels.elementsEqual(right.labels, by: ==)
            && left.effect == right.effect && left.sinkControl == right.sinkControl
            && left.sinkContent == right.sinkContent && left.sandboxProfile == right.sandboxProfile
            && left.leastDecision == right.leastDecision && left.hostArguments == right.hostArguments
            && left.kind == right.kind
    }

    /// Feeds the name to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
