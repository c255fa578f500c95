/// One request, with its bounds.
public struct HTTPRequest: Hashable, Sendable {
    /// One header line.
    public struct Header: Hashable, Sendable {
        /// The field's name.
        public var name: String
        /// The field's value, without line breaks.
        public var value: String

        /// Makes a header line.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// An absolute `https` or `http` URL without user name or password.
    public var url: String
    /// The method, such as `GET`.
    public var method: String
    /// Header lines besides those that the transfer adds.
    public var headers: [Header]
    /// The content to send.
    public var body: [UInt8]?
    /// Ask for the bytes from here on only. Used by downloads.
    public var resumeOffset: Int?
    /// From the start to the last byte, redirects included.
    public var timeLimit: Duration
    /// From the start until a connection stands.
    public var connectTimeLimit: Duration
    /// The transfer fails when fewer than ``minimumRate`` bytes a second came for this long; nil doesn't look.
    public var stallTimeLimit: Duration?
    /// In bytes a second, for ``stallTimeLimit``.
    public var minimumRate = 1
    /// The content may be this long.
    public var byteLimit: Int
    /// The only hosts to talk to, redirects included; nil allows every host. A name stands for itself, not
    /// for the hosts below it.
    public var allowedHosts: [String]?
    /// Ask only these hosts, at addresses checked before the connection; nil leaves both to the system.
    public var guarding: HostGuard?
    /// Whether to follow redirects, five at most. Each is checked like the first URL.
    public var followsRedirects: Bool

    /// Makes a request; the defaults suit a small answer from an API.
    public init(
        url: String, method: String = "GET", headers: [Header] = [], body: [UInt8]? = nil,
        resumeOffset: Int? = nil, timeLimit: Duration = .seconds(30),
        connectTimeLimit: Duration = .seconds(10), stallTimeLimit: Duration? = nil,
        byteLimit: Int = 16 << 20, allowedHosts: [String]? = nil, guarding: HostGuard? = nil,
        followsRedirects: Bool = false
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.resumeOffset = resumeOffset
        self.timeLimit = timeLimit
        self.connectTimeLimit = connectTimeLimit
        self.stallTimeLimit = stallTimeLimit
        self.byteLimit = byteLimit
        self.allowedHosts = allowedHosts
        self.guarding = guarding
        self.followsRedirects = followsRedirects
    }
}
