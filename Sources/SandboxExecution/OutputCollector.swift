/// Keeps the first and the last bytes of a stream in bounded memory, and counts all of them.
package struct OutputCollector: Sendable {
    private let headLimit: Int
    private let tailLimit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []

    /// How many bytes have been seen.
    package private(set) var byteCount = 0

    package init(byteLimit: Int) {
        let limit = max(byteLimit, 0)
        headLimit = limit - limit / 4
        tailLimit = limit / 4
    }

    package mutating func append(_ bytes: some RandomAccessCollection<UInt8>) {
        byteCount += bytes.count
        let room = headLimit - head.count
        if room > 0 { head.append(contentsOf: bytes.prefix(room)) }
        guard tailLimit > 0, bytes.count > max(room, 0) else { return }
        tail.append(contentsOf: bytes.dropFirst(max(room, 0)).suffix(tailLimit))
        // Cutting only at twice the size keeps the cost per byte constant.
        if tail.count > 2 * tailLimit { tail.removeFirst(tail.count - tailLimit) }
    }

    /// The kept bytes, and whether any byte in between is missing.
    package func contents() -> (bytes: [UInt8], isTruncated: Bool) {
        let end = tail.suffix(tailLimit)
        let missing = byteCount - head.count - end.count
        guard missing > 0 else { return (head + end, false) }
        return (head + Array("\n[... \(missing) bytes left out ...]\n".utf8) + end, true)
    }
}
