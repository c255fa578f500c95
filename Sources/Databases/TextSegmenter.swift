/// A paragraph of a text: where it stands and under which heading.
package struct TextSegment: Hashable, Sendable {
    /// The half-open range of UTF-8 bytes in the text.
    package let bytes: Range<Int>
    /// The headings above it, outermost first, joined by " > "; empty when there are none.
    package let section: String
}

/// Cuts a text into paragraphs at blank lines, without copying or changing a byte.
///
/// In Markdown, `#` lines and lines underlined with `===` or `---` are headings, and a fenced code block is
/// one paragraph. A heading names the section of what follows and is a segment of its own only when nothing
/// follows. A paragraph above `segmentByteLimit` is cut after a line, a longer line after a character.
package struct TextSegmenter: Sendable {
    /// Whether to look for Markdown's headings and fences.
    package let readsMarkdown: Bool
    /// The largest segment, in bytes.
    package let segmentByteLimit: Int

    package init(readsMarkdown: Bool, segmentByteLimit: Int = 4_096) {
        precondition(segmentByteLimit >= 4, "a segment has room for any UTF-8 character")
        self.readsMarkdown = readsMarkdown
        self.segmentByteLimit = segmentByteLimit
    }

    /// The segments of `bytes`, which is UTF-8, in order; they never overlap.
    package func segments(of bytes: [UInt8]) -> [TextSegment] {
        var builder = Builder(bytes: bytes, segmentByteLimit: segmentByteLimit)
        var fence: (marker: UInt8, count: Int)?
        for line in Self.lines(of: bytes) {
            let text = Self.trimmed(line, in: bytes)
            if let open = fence {
                builder.extend(to: line)
                let run = Self.run(at: text, of: open.marker, in: bytes)
                if run >= open.count, run == text.count { fence = nil }
            } else if text.isEmpty {
                builder.endParagraph()
            } else if readsMarkdown, let opened = Self.fence(at: text, in: bytes) {
                fence = opened
                builder.extend(to: line)
            } else if readsMarkdown, let heading = Self.heading(at: text, in: bytes) {
                builder.endParagraph()
                builder.startSection(level: heading.level, title: heading.title, bytes: text)
            } else if readsMarkdown, let level = Self.underlineLevel(at: text, in: bytes),
                builder.canBeUnderlined(before: line)
            {
                builder.turnParagraphIntoHeading(level: level)
            } else {
                builder.extend(to: line)
            }
        }
        return builder.finish()
    }

    /// The ranges of the lines, line ends included.
    private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        // A byte order mark belongs to no line.
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        for index in start..<bytes.count where bytes[index] == 0x0A {
            lines.append(start..<index + 1)
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var range = range
        while let first = range.first, isSpace(bytes[first]) {
            range = (range.lowerBound + 1)..<range.upperBound
        }
        while let last = range.last, isSpace(bytes[last]) {
            range = range.lowerBound..<(range.upperBound - 1)
        }
        return range
    }

    /// How many times `byte` stands at the start of `text`.
    private static func run(at text: Range<Int>, of byte: UInt8, in bytes: [UInt8]) -> Int {
        text.prefix { bytes[$0] == byte }.count
    }

    private static func fence(at text: Range<Int>, in bytes: [UInt8]) -> (marker: UInt8, count: Int)? {
        for marker in [UInt8(ascii: "`"), UInt8(ascii: "~")] {
            let count = run(at: text, of: marker, in: bytes)
            if count >= 3 { return (marker, count) }
        }
        return nil
    }

    private static func heading(at text: Range<Int>, in bytes: [UInt8]) -> (level: Int, title: String)? {
        let level = run(at: text, of: UInt8(ascii: "#"), in: bytes)
        guard (1...6).contains(level) else { return nil }
        let after = text.lowerBound + level
        guard after < text.upperBound, isSpace(bytes[after]) else { return nil }
        var title = trimmed(after..<text.upperBound, in: bytes)
        while let last = title.last, bytes[last] == UInt8(ascii: "#") { title = title.lowerBound..<last }
        return (level, String(decoding: bytes[trimmed(title, in: bytes)], as: UTF8.self))
    }

    private static func underlineLevel(at text: Range<Int>, in bytes: [UInt8]) -> Int? {
        if run(at: text, of: UInt8(ascii: "="), in: bytes) == text.count { return 1 }
        if run(at: text, of: UInt8(ascii: "-"), in: bytes) == text.count { return 2 }
        return nil
    }
}
