/// A host as a URL names it, in the one form in which hosts are compared.
public enum WebHost: Hashable, Sendable, CustomStringConvertible {
    /// A name in lower-case ASCII.
    case name(String)
    /// An address; one in an old spelling such as `0177.1` is the address that programs take it for.
    case address(IPAddress)

    /// Reads a host; IPv6 addresses are in brackets.
    ///
    /// - Throws: ``WebAddressError`` for anything that two programs could read in two ways: names that aren't ASCII,
    ///   percent signs, a dot at the end, numbers that are no address.
    public init(_ text: some StringProtocol) throws(WebAddressError) {
        guard !text.isEmpty else { throw WebAddressError("it names no host") }
        guard text.utf8.allSatisfy({ $0 < 128 }) else {
            throw WebAddressError("its host isn't written in ASCII; write the `xn--` form")
        }
        if text.hasPrefix("["), text.hasSuffix("]"), text.count > 2 {
            guard let address = IPAddress(text.dropFirst().dropLast()), !address.isV4 else {
                throw WebAddressError("its host isn't an IPv6 address")
            }
            self = .address(address.canonical)
            return
        }
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { $0.isDigit || (97...122).contains($0) || $0 == 45 || $0 == 95 }
        }
        guard isPlain, name.utf8.count <= 253 else {
            throw WebAddressError("its host is neither a name of letters, digits and hyphens nor an address")
        }
        // A host whose last part is a number is an address, in whatever old spelling.
        if let last = labels.last, last.utf8.allSatisfy(\.isDigit) || Self.number(last) != nil {
            guard let address = Self.legacy(labels) else { throw WebAddressError("its host isn't an IPv4 address") }
            self = .address(address)
        } else {
            self = .name(name)
        }
    }

    /// The name, or the address, an IPv6 one in brackets.
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.isV4 ? "\(address)" : "[\(address)]"
        }
    }

    /// The old spellings that `inet_aton` reads: one to four numbers, decimal, octal or hexadecimal, the last of which
    /// fills the bytes that are left.
    private static func legacy(_ labels: [Substring]) -> IPAddress? {
        guard (1...4).contains(labels.count) else { return nil }
        var value: UInt64 = 0
        for (index, label) in labels.enumerated() {
            guard let part = number(label) else { return nil }
            let isLast = index == labels.count - 1
            let bytes = isLast ? 5 - labels.count : 1
            guard part < 1 << (8 * UInt64(bytes)) else { return nil }
            value = value << (8 * UInt64(bytes)) | part
        }
        return IPAddress(bytes: (0..<4).reversed().map { UInt8(value >> (8 * UInt64($0)) & 255) })
    }

    private static func number(_ label: Substring) -> UInt64? {
        guard label.utf8.count <= 16 else { return nil }
        if label.hasPrefix("0x") {
            let digits = label.dropFirst(2)
            return digits.isEmpty ? 0 : digits.utf8.allSatisfy(\.isHexDigit) ? UInt64(digits, radix: 16) : nil
        }
        guard label.utf8.allSatisfy(\.isDigit) else { return nil }
        return label.count > 1 && label.first == "0" ? UInt64(label, radix: 8) : UInt64(label)
    }
}

/// Why a text isn't a URL, or not one that is asked. It never repeats the text, which may hold a secret.
public struct WebAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason as the rest of a sentence, without the final period.
    public let description: String

    init(_ reason: String) {
        description = reason
    }
}
