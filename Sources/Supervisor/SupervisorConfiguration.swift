public import WorkflowFormat

/// How the page is served, and by whose name answers are recorded.
public struct SupervisorConfiguration: Sendable {
    /// The port on the loopback address; 0 for any that is free.
    public var port: Int
    /// Who answers on the page: whoever started the server.
    public var person: String
    /// For how many seconds a start link can be used.
    public var linkLifetimeSeconds = 600
    /// For how many seconds a session lives without a request.
    public var sessionLifetimeSeconds = 12 * 3600
    /// The most bytes of a request's body.
    public var bodyByteLimit = 1 << 20
    /// The most bytes of a request's header fields.
    public var headerByteLimit = 16 * 1024
    /// For how many seconds a request may take to arrive whole.
    public var requestSeconds = 10
    /// For how many seconds a connection may wait for its next request.
    public var idleSeconds = 75
    /// Connections at a time; more have to wait.
    public var connectionLimit = 512
    /// Milliseconds between two looks at the journal while somebody listens.
    public var pollMilliseconds = 50
    /// For how many milliseconds a question must have been shown before a form's answer to it counts.
    public var glanceMilliseconds = 500
    /// The tools there are, to say of a call what it does.
    public var tools: [ToolDefinition] = []

    /// A configuration.
    public init(port: Int, person: String) {
        self.port = port
        self.person = person
    }
}
