/// An IPv4 or IPv6 address, compared by its bytes and never by its spelling.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four or sixteen bytes, most significant first.
    public let bytes: [UInt8]

    /// An address of four or sixteen bytes; `nil` for any other count.
    public init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `192.0.2.1` or an IPv6 address without brackets and zone; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.sixteen(Substring(text)) : Self.four(Substring(text)) else {
            return nil
        }
        self.bytes = bytes
    }

    /// Whether it has four bytes.
    public var isV4: Bool { bytes.count == 4 }

    /// The IPv4 address that an IPv6 address only wraps: `::ffff:192.0.2.1` reaches `192.0.2.1`.
    public var canonical: IPAddress {
        guard !isV4, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 255, bytes[11] == 255 else { return self }
        return IPAddress(bytes: bytes[12...]) ?? self
    }

    /// The usual spelling; the longest run of zeros of an IPv6 address is left out.
    public var description: String {
        if isV4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ groups: ArraySlice<Int>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty
            ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }

    private static func four(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero means octal to some parsers and nothing to others.
            guard (1...3).contains(part.utf8.count), part == "0" || part.first != "0",
                part.utf8.allSatisfy({ (48...57).contains($0) }), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func sixteen(_ text: Substring) -> [UInt8]? {
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return first.count == 16 ? first : nil }
        guard !halves[0].contains("."), let second = groups(halves[1]), first.count + second.count <= 14 else {
            return nil
        }
        return first + Array(repeating: 0, count: 16 - first.count - second.count) + second
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let tail = four(part) else { return nil }
                bytes += tail
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 255)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

extension UInt8 {
    var isDigit: Bool { (48...57).contains(self) }
    var isHexDigit: Bool { isDigit || (65...70).contains(self) || (97...102).contains(self) }
}
