public import WebAddresses

/// Which links a text may carry to a sink. A link that is none of these breaks the rule.
public struct LinkRule: Hashable, Sendable {
    /// Whether a link that a trusted text of the run holds is fine.
    public let allowsTask: Bool
    /// The hosts whose links are fine.
    public let hosts: [HostEntry]

    /// A rule; without any permission no link is fine.
    public init(allowsTask: Bool = false, hosts: [HostEntry] = []) {
        self.allowsTask = allowsTask
        self.hosts = hosts
    }

    /// What its `from` may name.
    static let sources = ["task"]
}
