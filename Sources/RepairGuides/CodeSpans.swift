/// The code spans of a piece of Markdown, and the texts of its links.
struct CodeSpans {
    /// What stands between the backticks, with its place in the document.
    let spans: [Quote]
    /// What stands between the brackets of a link.
    let links: [Quote]

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        // Bounded, so that a text of nothing but brackets isn't gone through again and again.
        let linkByteLimit = 300
        var spans: [Quote] = []
        var links: [Quote] = []
        var position = range.lowerBound
        while position < range.upperBound {
            if bytes[position] == UInt8(ascii: "`") {
                let run = bytes[position..<range.upperBound].prefix { $0 == UInt8(ascii: "`") }.count
                let start = position + run
                if let end = Self.closing(run, bytes, start..<range.upperBound) {
                    let inside = Self.trimmed(bytes, start..<end)
                    if !inside.isEmpty { spans.append(Quote(bytes, inside)) }
                    position = end + run
                } else {
                    position = start
                }
            } else if bytes[position] == UInt8(ascii: "["),
                let end = bytes[position..<min(position + linkByteLimit, range.upperBound)].firstIndex(
                    of: UInt8(ascii: "]")),
                end + 1 < range.upperBound, bytes[end + 1] == UInt8(ascii: "("), end > position + 1
            {
                links.append(Quote(bytes, (position + 1)..<end))
                position = end
            } else {
                position += 1
            }
        }
        self.spans = spans
        self.links = links
    }

    private static func closing(_ length: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var position = range.lowerBound
        while position < range.upperBound {
            guard bytes[position] == UInt8(ascii: "`") else {
                position += 1
                continue
            }
            let run = bytes[position..<range.upperBound].prefix { $0 == UInt8(ascii: "`") }.count
            if run == length { return position }
            position += run
        }
        return nil
    }

    static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        while low < high, isBlank(bytes[low]) { low += 1 }
        while high > low, isBlank(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    /// Whether a span could name a folder: no spaces, and a slash at its end.
    static func isFolder(_ text: String) -> Bool {
        !text.hasPrefix("-") && text.contains(/^[A-Za-z0-9_.\/+-]+\/$/)
    }

    /// Whether a span could be a path: no spaces, and a slash or an extension.
    static func isPath(_ text: String) -> Bool {
        guard !text.contains(where: \.isWhitespace), !text.hasPrefix("-"), !text.contains("://"), !text.contains("=")
        else { return false }
        return text.contains(/^[A-Za-z0-9_.\/+-]*[A-Za-z0-9_+-]$/)
            && (text.contains("/") || (text.contains(/[A-Za-z0-9_]\.[A-Za-z0-9]+$/) && text.contains { $0.isLetter }))
    }
}
