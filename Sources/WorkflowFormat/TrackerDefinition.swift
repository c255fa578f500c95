public import WebAddresses

/// An issue tracker as the operator's `trackers.yaml` describes it. It holds names of environment variables, no secret.
public struct TrackerDefinition: Hashable, Sendable {
    /// What kind of tracker it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// One SQLite file.
        case local
        /// A Roundup server with its REST interface.
        case roundup
        /// GitHub, or a server that speaks its REST interface.
        case github
    }

    /// The name after `--tracker`.
    public let name: String
    /// What kind of tracker it is.
    public let kind: Kind
    /// Where it is, without a slash at the end; `nil` for a local one.
    public let url: WebAddress?
    /// The project that calls have to name; `nil` leaves that to the tracker's name.
    public let project: String?
    /// GitHub's `owner/name`.
    public let repository: String?
    /// The environment variable that holds the user's name.
    public let userVariable: String?
    /// The environment variable that holds the password.
    public let passwordVariable: String?
    /// The environment variable that holds the token.
    public let tokenVariable: String?
    /// Addresses that may be reached although they aren't public.
    public let allowPrivate: [AddressRange]
    /// How long one request may take.
    public let timeout: Duration
    /// How long a call may take with all its repetitions.
    public let patience: Duration
    /// Whether labels that the tracker doesn't have are made.
    public let createLabels: Bool
    /// What the tracker calls things: `label`, `closed`.
    public let fields: [String: String]
    /// Where it is written.
    public let position: SourcePosition

    /// Where it is, as text.
    public var location: String? { url.map { $0.origin + $0.rest } }

    /// A tracker.
    public init(
        name: String, kind: Kind, url: WebAddress? = nil, project: String? = nil, repository: String? = nil,
        userVariable: String? = nil, passwordVariable: String? = nil, tokenVariable: String? = nil,
        allowPrivate: [AddressRange] = [], timeout: Duration = .seconds(30), patience: Duration = .seconds(60),
        createLabels: Bool = false, fields: [String: String] = [:],
        position: SourcePosition = SourcePosition(file: "trackers.yaml")
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.project = project
        self.repository = repository
        self.userVariable = userVariable
        self.passwordVariable = passwordVariable
        self.tokenVariable = tokenVariable
        self.allowPrivate = allowPrivate
        self.timeout = timeout
        self.patience = patience
        self.createLabels = createLabels
        self.fields = fields
        self.position = position
    }
}

/// The operator's trackers.
public struct TrackerList: Hashable, Sendable {
    /// In the order of the file.
    public let trackers: [TrackerDefinition]

    /// The environment variables that hold secrets, each once. A user's name is none.
    public var secretVariables: [String] {
        Set(trackers.flatMap { [$0.passwordVariable, $0.tokenVariable].compactMap(\.self) }).sorted()
    }

    /// The tracker called `name`.
    public func tracker(_ name: String) -> TrackerDefinition? {
        trackers.first { $0.name == name }
    }
}
