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
    /// The labels of the result's fields; untrusted where nothing is said.
    public let labels: [FieldLabel]
    /// Where the result's content is from.
    public let origin: ResultOrigin
    /// What an interrupted call leaves.
    public let effect: Effect
    /// The arguments that say where it lands.
    public let sinkControl: [String]
    /// The arguments that say what it carries.
    public let sinkContent: [String]
    /// Who sees what arrives there; nil for anyone.
    public let sinkAudience: [String]?
    /// The loosest decision that a policy may make about it.
    public let leastDecision: PolicyDecision
    /// The arguments that are URLs, whose hosts a policy has to name with `host_in`.
    public let hostArguments: [String]
    /// The arguments that are opaque identifiers, with the kind of record each names.
    public let identifiers: [String: String]
    /// The fields of the result that name a record, `*` standing for every element, with the kind of record: a planner
    /// may refer to their values where ``identifiers`` want that kind.
    public let handles: [HandleField]
    /// Which values of the result later calls may use as handles.
    public let vouches: [VouchRule]
    /// The sandbox profile it runs under; `nil` for none.
    public let sandboxProfile: String?
    /// What carries a call out.
    public let kind: Kind

    /// A tool.
    public init(
        name: String, summary: String, arguments: JSONSchema, result: JSONSchema = .anything,
        labels: [FieldLabel] = [], effect: Effect = .pure, sinkControl: [String] = [], sinkContent: [String] = [],
        sinkAudience: [String]? = nil, leastDecision: PolicyDecision = .allow, hostArguments: [String] = [],
        sandboxProfile: String? = nil, kind: Kind = .builtin, identifiers: [String: String] = [:],
        handles: [HandleField] = [], vouches: [VouchRule] = [], origin: ResultOrigin = .outside
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.result = result
        self.labels = labels
        self.effect = effect
        self.sinkControl = sinkControl
        self.sinkContent = sinkContent
        self.sinkAudience = sinkAudience
        self.leastDecision = leastDecision
        self.hostArguments = hostArguments
        self.sandboxProfile = sandboxProfile
        self.kind = kind
        self.identifiers = identifiers
        self.handles = handles
        self.vouches = vouches
        self.origin = origin
    }

    /// Feeds the name to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
