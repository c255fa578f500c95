import Glibc

/// Which user of this machine is at the other end of a connection, by the kernel's own tables.
///
/// The loopback address is reached by every user, and cookies know no ports: another user's server on this machine is sent
/// ours by a browser that is led there.
enum PeerOwner {
    private static let tables = ["/proc/net/tcp", "/proc/net/tcp6"]

    /// Whether the other end is this user's or root's. What is in no table, or belongs to nobody any more, is not.
    static func isTrusted(peerPort: Int, ownPort: Int) -> Bool {
        let trusted = ["0", String(geteuid())]
        let found = tables.flatMap { owners(peerPort: peerPort, ownPort: ownPort, table: contents(of: $0) ?? "") }
        return !found.isEmpty && found.allSatisfy { trusted.contains($0) }
    }

    /// The users of the sockets that are the other end, as numbers.
    private static func owners(peerPort: Int, ownPort: Int, table: String) -> [String] {
        let (peer, own) = (":" + hex(peerPort), ":" + hex(ownPort))
        // The address in the machine's order of bytes, in the second table as one of the new kind.
        let loopback = "0100007F"
        return table.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            guard columns.count > 9, columns[1].hasSuffix(loopback + peer), columns[2].hasSuffix(loopback + own) else {
                return nil
            }
            // One that its process has closed has no number of its own, and its owner is said to be root.
            return columns[9] == "0" ? "nobody" : String(columns[7])
        }
    }

    private static func hex(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func contents(of path: String) -> String? {
        // SAFETY: the path lives for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // SAFETY: the bytes live for the call.
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { return nil }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[0..<count]
        }
    }
}
