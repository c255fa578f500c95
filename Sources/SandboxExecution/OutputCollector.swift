/// Keeps the first and the last bytes of a stream in bounded memory, and counts all of them.
///
/// What is left out is left out by lines, as far as lines are short: half of a token or a password would be no such thing
/// to whoever looks for them, and still be in the record.
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
        guard byteCount > head.count + end.count else { return (head + end, false) }
        let first = head.dropLast(Self.cutLine(head.suffix(Self.lineLimit).reversed(), of: head.count))
        let last = end.dropFirst(Self.cutLine(end.prefix(Self.lineLimit), of: end.count))
        let missing = byteCount - first.count - last.count
        return (Array(first) + Array("\n[... \(missing) bytes left out ...]\n".utf8) + last, true)
    }

    /// Bytes of a line, or of a word in a longer one, that may be left out with it.
    private static let lineLimit = 4_096
    private static let wordLimit = 512

    /// How many bytes at the cut, given from there on, belong to something that was cut: up to the end of the line, else
    /// of the word, else nothing. Never more than an eighth of what is kept.
    private static func cutLine(_ bytes: some Collection<UInt8>, of count: Int) -> Int {
        let near = bytes.prefix(count / 8)
        if let line = near.enumerated().first(where: { $0.element == UInt8(ascii: "\n") }) { return line.offset }
        let word = near.prefix(wordLimit).enumerated().first { $0.element == UInt8(ascii: " ") }
        return word?.offset ?? 0
    }
}
