/// One host of a list of allowed ones: `example.org`, `example.org:8443`, `[2001:db8::1]:80`.
///
/// A name stands for itself, not for what lies below it; without a port it stands for the scheme's own port.
public struct HostEntry: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The host.
    public let host: WebHost
    /// The port; `nil` for the one that belongs to the URL's scheme.
    public let port: Int?

    /// Reads an entry.
    public init(_ text: String) throws(WebAddressError) {
        let (host, port) = try WebAddress.hostAndPort(Substring(text), nil)
        self.host = host
        self.port = port == 0 ? nil : port
    }

    /// The entry that allows exactly the host and port of `address`.
    public init(of address: WebAddress) {
        host = address.host
        port = address.port
    }

    /// Whether `address` is at this host and port.
    public func allows(_ address: WebAddress) -> Bool {
        host == address.host && (port ?? address.scheme.port) == address.port
    }

    /// `host` or `host:port`.
    public var description: String { "\(host)" + (port.map { ":\($0)" } ?? "") }

    /// In the order of their spelling.
    public static func < (left: HostEntry, right: HostEntry) -> Bool { left.description < right.description }
}
