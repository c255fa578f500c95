package import WebAddresses

/// Where a model behind a server is: `http://127.0.0.1:8080/v1#NAME`.
///
/// Before the `#` stands what every request begins with, behind it the model's name as the server knows it. Plain `http`
/// reaches this machine only.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    /// The base of all requests, its host in the form that is compared.
    package let base: WebAddress
    /// The model's name.
    public let model: String

    /// Whether a user who wrote `specification` after `--model` meant a server.
    public static func names(_ specification: String) -> Bool {
        let head = specification.prefix(8).lowercased()
        return head.hasPrefix("http://") || head.hasPrefix("https://")
    }

    /// Bytes that a model's name may have.
    private static let nameLimit = 200

    /// Reads an address.
    ///
    /// - Throws: `badServer`, saying what is wrong with it; never with the text itself, which may hold a password.
    public init(_ specification: String) throws(ModelError) {
        func refuse(_ reason: String, fix: String? = nil) -> ModelError {
            ModelError(
                .badServer, "use model server", reason, fix: fix ?? "Write it like `http://127.0.0.1:8080/v1#NAME`.")
        }
        guard let mark = specification.firstIndex(of: "#") else { throw refuse("its address names no model") }
        let name = specification[specification.index(after: mark)...]
        guard !name.isEmpty else { throw refuse("its address names no model") }
        // It is shown and recorded: nothing in it may steer a terminal or hide.
        guard name.utf8.count <= Self.nameLimit, name.unicodeScalars.allSatisfy({ (33..<127).contains($0.value) })
        else {
            throw refuse(
                "the model's name is longer than \(Self.nameLimit) bytes or holds something else than printable ASCII")
        }
        var text = specification[..<mark]
        while text.hasSuffix("/") { text.removeLast() }
        let base: WebAddress
        do {
            base = try WebAddress(String(text))
        } catch {
            throw refuse(error.description)
        }
        guard !base.rest.contains("?") else { throw refuse("its address holds a query") }
        guard base.scheme == .https || Self.isLoopback(base.host) else {
            throw refuse(
                "`\(base.host)` is another machine, and `http` would show everybody on the way what is asked",
                fix: "Write `https`.")
        }
        self.base = base
        model = String(name)
    }

    /// Whether the server is on this machine.
    package var isLoopback: Bool { Self.isLoopback(base.host) }

    package static let loopbackRanges = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    private static func isLoopback(_ host: WebHost) -> Bool {
        switch host {
        case .name(let name): name == "localhost"
        case .address(let address): loopbackRanges.contains { $0.contains(address) }
        }
    }

    /// `https://host`, with the port when it isn't the usual one.
    public var origin: String { base.origin }

    /// Where `path` below the base is.
    func url(of path: String) -> String { base.origin + base.rest + path }

    /// The address as it is written after `--model`.
    public var description: String { base.origin + base.rest + "#" + model }
}
