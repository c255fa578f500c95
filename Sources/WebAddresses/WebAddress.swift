/// The parts of a URL that decide whether it may be asked.
///
/// Only the plain form is read: `http` or `https`, no user name, no backslash, nothing outside ASCII. In that form every
/// parser sees the same host, so what the policy looked at is what is connected to.
public struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    public enum Scheme: String, Hashable, Sendable {
        /// Unencrypted.
        case http
        /// Encrypted.
        case https

        /// The port when a URL names none.
        public var port: Int { self == .http ? 80 : 443 }
    }

    /// URLs are this long at most, in bytes.
    public static let byteLimit = 8192

    /// The scheme.
    public let scheme: Scheme
    /// The host.
    public let host: WebHost
    /// The port, also when the URL leaves it out.
    public let port: Int
    /// Path, query and fragment as they are written.
    public let rest: String

    /// Reads a URL.
    public init(_ url: String) throws(WebAddressError) {
        guard url.utf8.count <= Self.byteLimit else {
            throw WebAddressError("it is longer than \(Self.byteLimit) bytes")
        }
        guard url.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }) else {
            throw WebAddressError("it has a space, a backslash, a control character or one outside ASCII")
        }
        guard let colon = url.firstRange(of: "://"),
            let scheme = Scheme(rawValue: url[..<colon.lowerBound].lowercased())
        else { throw WebAddressError("its scheme is neither `https` nor `http`") }
        let tail = url[colon.upperBound...]
        let end = tail.firstIndex { "/?#".contains($0) } ?? tail.endIndex
        let authority = tail[..<end]
        guard !authority.contains("@") else { throw WebAddressError("it holds a user name or a password") }
        (host, port) = try Self.hostAndPort(authority, scheme.port)
        self.scheme = scheme
        rest = String(tail[end...])
    }

    /// `host`, `host:port`, with IPv6 addresses in brackets.
    static func hostAndPort(
        _ text: Substring, _ usual: Int?
    ) throws(WebAddressError) -> (host: WebHost, port: Int) {
        var name = text
        var port = usual
        let afterBracket = text.lastIndex(of: "]").map { text.index(after: $0) } ?? text.startIndex
        if let colon = text[afterBracket...].firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDigit), let number = Int(digits),
                (1...65_535).contains(number)
            else { throw WebAddressError("its port isn't a number from 1 to 65535") }
            port = number
            name = text[..<colon]
        }
        return (try WebHost(name), port ?? 0)
    }

    /// `https://host`, with the port when it isn't the usual one.
    public var origin: String {
        "\(scheme.rawValue)://\(host)" + (port == scheme.port ? "" : ":\(port)")
    }

    /// The URL, its host in the form that is compared.
    public var description: String { origin + (rest.hasPrefix("/") ? rest : "/" + rest) }
}
