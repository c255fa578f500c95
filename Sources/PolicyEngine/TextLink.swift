import WebAddresses

/// A link that somebody may follow, in the form in which links are compared.
struct TextLink: Hashable, Sendable {
    /// Scheme and host in lower case, `http` and `https` left out, and the rest as it is written.
    let canonical: String
    /// The address, where it is one that every parser reads alike.
    let address: WebAddress?
    /// What was found, without punctuation at its end.
    let source: String

    /// The link that `text` is as a whole, or nil when it is none or more than that.
    init?(whole text: String) {
        let links = LinkFinder.links(in: text)
        guard links.count == 1, let link = links.first, link.source == text else { return nil }
        self = link
    }

    init(_ source: String) {
        self.source = source
        let hasScheme = source.contains("://")
        let address = try? WebAddress(hasScheme ? source : (source.hasPrefix("//") ? "https:" : "https://") + source)
        self.address = address
        if let address {
            let port = address.port == address.scheme.port ? "" : ":\(address.port)"
            canonical = "\(address.host)\(port)" + (address.rest == "/" ? "" : address.rest)
        } else {
            // Nothing that can't be read equals something that can.
            canonical = "unread " + source
        }
    }

    /// Whether it is a name and nothing more, so that it may as well be a word: letter case says nothing in it.
    var isName: Bool { !source.utf8.contains { "/:?#@".utf8.contains($0) } }
}
