/// Whether a request comes from where it may come from: from this page, by this page's own name.
///
/// A page of another site can have the browser send requests here, and a name of its own can be made to lead here (DNS
/// rebinding). The browser says by which name it came (`Host`) and from which page (`Origin`, `Sec-Fetch-Site`).
/// Cookies know no ports: another program's page on this machine is of the same site, so a `SameSite` cookie comes with
/// its requests, and only these fields tell. What such a program sends by itself is refused by ``PeerGate`` where it is
/// another user's.
package struct RequestCheck: Sendable {
    /// The port that is served.
    private let port: Int

    /// What a request says of where it comes from.
    package struct Origin: Sendable {
        /// `Host`.
        let host: String?
        /// `Origin`.
        let origin: String?
        /// `Sec-Fetch-Site`.
        let site: String?
        /// `Sec-Fetch-Mode`.
        let mode: String?
        /// `Sec-Fetch-Dest`.
        let destination: String?
        /// Whether the request may change something.
        let isChange: Bool

        package init(
            host: String?, origin: String?, site: String?, mode: String?, destination: String?, isChange: Bool
        ) {
            self.host = host
            self.origin = origin
            self.site = site
            self.mode = mode
            self.destination = destination
            self.isChange = isChange
        }
    }

    package init(port: Int) {
        self.port = port
    }

    /// Why a request is refused; nil where it isn't.
    package func refusal(of request: Origin) -> NoticeView? {
        let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
        guard let host = request.host.map(withPort), names.contains(host) else {
            return NoticeView(
                421, "wrong_host", "Can't answer a request by this name: the page is at `http://127.0.0.1:\(port)/`.")
        }
        let foreign = NoticeView(
            403, "foreign_origin", "Can't answer a request of another site's page.",
            fix: "Open `http://127.0.0.1:\(port)/` itself.")
        // `null` is what a sandboxed frame or a file sends.
        if let origin = request.origin, withPort(origin) != "http://\(host)" { return foreign }
        guard let site = request.site, site != "same-origin" else { return nil }
        // Typed, or opened from a terminal or a mail.
        if site == "none", !request.isChange { return nil }
        // A link that a person followed: nothing is changed by it, and the other site doesn't see the answer.
        if !request.isChange, request.mode == "navigate", request.destination == "document" { return nil }
        return foreign
    }
    /// The name in small letters and with its port, which is left out where it is the usual one.
    private func withPort(_ name: String) -> String {
        let name = name.lowercased()
        return port == 80 && !name.hasSuffix(":80") ? name + ":80" : name
    }
}
