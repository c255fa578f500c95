public import WebAddresses

/// Whom a request may talk to: for URLs, or servers' answers, that somebody else may have chosen.
///
/// A guarded request connects to no other address than those that were checked, ignores proxies, and its redirects
/// are held to the same rules.
public struct HostGuard: Hashable, Sendable {
    /// The only hosts, with their ports.
    public var hosts: [HostEntry]
    /// The addresses that may be reached although they aren't public.
    public var namedRanges: [AddressRange]

    /// A guard.
    public init(hosts: [HostEntry], namedRanges: [AddressRange] = []) {
        self.hosts = hosts
        self.namedRanges = namedRanges
    }

    /// What keeps the address from being connected to; `nil` when nothing does.
    func objection(to address: IPAddress) -> String? {
        guard !namedRanges.contains(where: { $0.contains(address) }) else { return nil }
        return address.specialUse
    }
}
