/// A range of addresses with a common beginning, written `10.0.0.0/8`.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    /// The first address.
    public let first: IPAddress
    /// How many leading bits are common.
    public let bits: Int

    /// Reads a range, or one address as a range of one; `nil` when bits beyond the common ones are set.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = IPAddress(parts[0]) else { return nil }
        let all = first.bytes.count * 8
        var bits = all
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(\.isDigit),
                let count = Int(parts[1]), count <= all
            else { return nil }
            bits = count
        }
        guard (bits..<all).allSatisfy({ first.bytes[$0 / 8] & (128 >> ($0 % 8)) == 0 }) else { return nil }
        self.first = first
        self.bits = bits
    }

    /// The range of one address.
    public init(only address: IPAddress) {
        first = address.canonical
        bits = first.bytes.count * 8
    }

    /// Whether `address` is in it. An IPv4 address that IPv6 wraps counts as the IPv4 address.
    public func contains(_ address: IPAddress) -> Bool {
        let bytes = address.canonical.bytes
        guard bytes.count == first.bytes.count else { return false }
        return (0..<bits).allSatisfy { (bytes[$0 / 8] ^ first.bytes[$0 / 8]) & (128 >> ($0 % 8)) == 0 }
    }

    /// `10.0.0.0/8`.
    public var description: String { "\(first)/\(bits)" }
}
