import WebAddresses

/// Where one request goes, checked.
struct Destination: Hashable {
    /// Addresses that libcurl must use for a host, and no others.
    struct Pin: Hashable {
        let host: WebHost
        let port: Int
        let addresses: [IPAddress]

        /// In the form of `CURLOPT_RESOLVE`; an address in the URL needs none.
        var resolution: String? {
            guard case .name(let name) = host else { return nil }
            return "\(name):\(port):" + addresses.map { "\(WebHost.address($0))" }.joined(separator: ",")
        }
    }

    /// The URL to ask.
    let url: String
    let parts: URLParts
    /// `nil` for a request without a guard.
    let pin: Pin?

    /// Checks the first URL of a request, or where `parent` redirects to.
    init(
        _ url: String, request: HTTPRequest, from parent: Destination?, resolver: @escaping HostResolver, left: Duration
    ) throws(TransferError) {
        let operation = parent.map { "follow redirect from `\($0.parts.host)`" } ?? "send request"
        guard let rules = request.guarding else {
            self.url = url
            parts = try URLParts(url)
            pin = nil
            try checkScheme(from: parent)
            if let allowed = request.allowedHosts, !allowed.contains(where: { $0.lowercased() == parts.host }) {
                throw TransferError(.hostNotAllowed, operation, "host `\(parts.host)` is not allowed")
            }
            return
        }
        let address: WebAddress
        do {
            address = try WebAddress(url)
        } catch {
            throw TransferError(.invalidURL, parent == nil ? "read URL" : operation, error.description)
        }
        self.url = address.description
        parts = try URLParts(self.url)
        // The parser that connects must have read the same host as the one that checks.
        guard (try? WebHost(parts.host)) == address.host, parts.scheme == address.scheme.rawValue else {
            throw TransferError(.invalidURL, operation, "two parsers read two hosts in it")
        }
        guard rules.hosts.contains(where: { $0.allows(address) }) else {
            throw TransferError(
                .hostNotAllowed, operation, "host `\(address.host)` with port \(address.port) is not allowed")
        }
        pin = try Self.pin(address, rules, operation, resolver: resolver, limit: min(left, request.connectTimeLimit))
        try checkScheme(from: parent)
    }

    private func checkScheme(from parent: Destination?) throws(TransferError) {
        if parent?.parts.scheme == "https", parts.scheme == "http" {
            throw TransferError(
                .badRedirect, "follow redirect to `\(parts.host)`", "it leaves `https` for `http`")
        }
    }

    private static func pin(
        _ target: WebAddress, _ rules: HostGuard, _ operation: String, resolver: @escaping HostResolver, limit: Duration
    ) throws(TransferError) -> Pin {
        let found: [IPAddress]
        switch target.host {
        case .address(let address): found = [address]
        case .name(let name):
            guard let answer = BoundedResolution(resolver: resolver).addresses(of: name, limit: limit) else {
                throw TransferError(.timeLimit, operation, "no address of `\(name)` was found in \(limit)")
            }
            found = answer
        }
        guard !found.isEmpty else {
            throw TransferError(.connectionFailed, operation, "`\(target.host)` has no address")
        }
        let usable = found.map(\.canonical).filter { rules.objection(to: $0) == nil }
        guard !usable.isEmpty else {
            let use = found.lazy.compactMap { rules.objection(to: $0) }.first ?? "not public"
            throw TransferError(
                .addressNotAllowed, operation, "the address of `\(target.host)` is not a public one (\(use))")
        }
        return Pin(host: target.host, port: target.port, addresses: usable)
    }
}
