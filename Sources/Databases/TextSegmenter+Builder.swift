extension TextSegmenter {
    /// Collects segments while a text's lines go by.
    struct Builder {
        private let bytes: [UInt8]
        private let segmentByteLimit: Int
        private var segments: [TextSegment] = []
        private var headings: [(level: Int, title: String)] = []
        /// The lines of the paragraph that is being read.
        private var paragraph: Range<Int>?
        private var paragraphLineCount = 0
        /// The last heading, while no paragraph has followed it.
        private var emptyHeading: TextSegment?

        init(bytes: [UInt8], segmentByteLimit: Int) {
            self.bytes = bytes
            self.segmentByteLimit = segmentByteLimit
        }

        private var section: String { headings.map(\.title).joined(separator: " > ") }

        /// Adds a line to the paragraph, or starts one.
        mutating func extend(to line: Range<Int>) {
            paragraph = (paragraph?.lowerBound ?? line.lowerBound)..<line.upperBound
            paragraphLineCount += 1
        }

        /// Ends the paragraph, if one is being read, and cuts it to size.
        mutating func endParagraph() {
            guard let range = paragraph else { return }
            paragraph = nil
            paragraphLineCount = 0
            emptyHeading = nil
            var rest = TextSegmenter.trimmed(range, in: bytes)
            while rest.count > segmentByteLimit {
                let cut = cutPosition(in: rest)
                append(rest.lowerBound..<cut)
                rest = cut..<rest.upperBound
            }
            append(rest)
        }

        /// Starts a section and leaves those of its level and below.
        mutating func startSection(level: Int, title: String, bytes: Range<Int>) {
            flushEmptyHeading(replacedByLevel: level)
            headings.removeAll { $0.level >= level }
            headings.append((level, title))
            emptyHeading = TextSegment(bytes: bytes, section: section)
        }

        /// Whether the paragraph is one line, directly above `line`, that an underline makes into a heading.
        func canBeUnderlined(before line: Range<Int>) -> Bool {
            paragraphLineCount == 1 && paragraph?.upperBound == line.lowerBound
        }

        /// Makes the paragraph's only line into a heading.
        mutating func turnParagraphIntoHeading(level: Int) {
            guard let range = paragraph else { return }
            paragraph = nil
            paragraphLineCount = 0
            let text = TextSegmenter.trimmed(range, in: bytes)
            startSection(level: level, title: String(decoding: bytes[text], as: UTF8.self), bytes: text)
        }

        mutating func finish() -> [TextSegment] {
            endParagraph()
            flushEmptyHeading(replacedByLevel: 1)
            return segments
        }

        /// A heading followed by one of its own level or above has no text; a deeper heading is what follows
        /// it.
        private mutating func flushEmptyHeading(replacedByLevel level: Int) {
            if let heading = emptyHeading, let last = headings.last, last.level >= level {
                segments.append(heading)
            }
            emptyHeading = nil
        }

        private mutating func append(_ range: Range<Int>) {
            let text = TextSegmenter.trimmed(range, in: bytes)
            if !text.isEmpty { segments.append(TextSegment(bytes: text, section: section)) }
        }

        /// The end of the last line that fits, else of the last character.
        private func cutPosition(in range: Range<Int>) -> Int {
            var position = range.lowerBound + segmentByteLimit
            if let lineEnd = (range.lowerBound..<position).last(where: { bytes[$0] == 0x0A }) {
                return lineEnd + 1
            }
            // Bytes 10xxxxxx continue a character.
            while bytes[position] & 0b1100_0000 == 0b1000_0000 { position -= 1 }
            return position
        }
    }
}
