extension IPAddress {
    /// What keeps the address from being a public one, such as `loopback`; `nil` for a public address.
    ///
    /// After the registries of special-purpose addresses (RFC 6890 and its successors). What is not known to be public
    /// counts as not public.
    public var specialUse: String? {
        let address = canonical
        if address.isV4 {
            return Self.special(in: Self.specialV4, address)
        }
        if let use = Self.special(in: Self.specialV6, address) { return use }
        // These carry an IPv4 address to a translator or a relay: it is that address which is reached.
        if Self.translated.contains(address) { return IPAddress(bytes: address.bytes[12...])?.specialUse }
        if Self.relayed.contains(address) { return IPAddress(bytes: address.bytes[2..<6])?.specialUse }
        return Self.global.contains(address) ? nil : "reserved"
    }

    private static func special(in table: [(AddressRange, String)], _ address: IPAddress) -> String? {
        table.first { $0.0.contains(address) }?.1
    }

    private static func ranges(_ rows: [(String, String)]) -> [(AddressRange, String)] {
        rows.map { row in
            guard let range = AddressRange(row.0) else { preconditionFailure("The range `\(row.0)` is misspelled.") }
            return (range, row.1)
        }
    }

    private static func range(_ text: String) -> AddressRange { ranges([(text, "")])[0].0 }

    private static let specialV4 = ranges([
        ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared by a carrier"),
        ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"), ("192.0.2.0/24", "for documentation"), ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"), ("198.18.0.0/15", "for benchmarks"), ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
    ])

    private static let specialV6 = ranges([
        ("::/128", "unspecified"), ("::1/128", "loopback"), ("64:ff9b:1::/48", "private"), ("fc00::/7", "private"),
        ("fe80::/10", "link-local"), ("fec0::/10", "private"), ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"), ("2001:db8::/32", "for documentation"), ("3fff::/20", "for documentation"),
    ])

    private static let translated = range("64:ff9b::/96")
    private static let relayed = range("2002::/16")
    private static let global = range("2000::/3")
}
