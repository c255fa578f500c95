/// Cuts a document into segments whose byte ranges are exact: a model that chooses among them cannot misquote.
public struct DocumentSegmenter: Sendable {
    /// The size of a segment.
    public enum Unit: String, Hashable, Sendable, CaseIterable {
        case sentences
        case paragraphs
        case sections
        case lines
    }

    /// How many bytes of a following code block a segment carries.
    private static let exampleByteLimit = 600

    /// How long a sentence of nothing but links may be.
    private static let navigationByteLimit = 300

    /// A segmenter; it has no state.
    public init() {}

    /// The segments of `text` in document order.
    /// - Complexity: O(n) in the length of the text.
    public func segments(of text: String, by unit: Unit) -> [DocumentSegment] {
        let bytes = Array(text.utf8)
        switch unit {
        case .lines: return lines(bytes)
        case .sections: return sections(bytes)
        case .paragraphs, .sentences: return prose(bytes, unit: unit)
        }
    }

    private func prose(_ bytes: [UInt8], unit: Unit) -> [DocumentSegment] {
        let blocks = DocumentBlockScanner.blocks(of: bytes)
        var result: [DocumentSegment] = []
        var section = ""
        var before = ""
        for (index, block) in blocks.enumerated() {
            switch block.kind {
            case .heading:
                section = string(bytes, block.content)
                before = ""
            case .code:
                guard unit == .sentences else { continue }
                for range in LegendBlock.lines(of: block, in: bytes) {
                    let text = string(bytes, range)
                    result.append(
                        DocumentSegment(
                            text: text, byteRange: range, section: section, before: before, example: "",
                            isLegend: true))
                    before = text
                }
            case .paragraph, .listItem, .table:
                let ranges =
                    unit == .sentences && block.kind != .table
                    ? SentenceScanner.sentences(in: bytes, block: block.content) : [block.content]
                for (position, range) in ranges.enumerated() {
                    let text = string(bytes, range)
                    if unit == .sentences, Self.isNavigation(text) { continue }
                    let isLast = position == ranges.count - 1
                    result.append(
                        DocumentSegment(
                            text: text, byteRange: range, section: section, before: before,
                            example: isLast ? example(after: index, in: blocks, bytes) : ""))
                    before = text
                }
            }
        }
        return result
    }

    /// Whether nothing is left of a sentence without its links: an entry of a table of contents, a link's target, an image.
    private static func isNavigation(_ text: String) -> Bool {
        // Long ones are kept: a table of contents has short entries. So is anything that demands something.
        guard text.hasPrefix("[") || text.hasPrefix("!["), text.utf8.count <= navigationByteLimit,
            NormativeWords(in: text) == nil
        else { return false }
        let rest = text.replacing(/!?\[[^\]]*\](\([^)]*\)|\[[^\]]*\]|:\s+\S+)/, with: "")
        return !rest.contains { $0.isLetter || $0.isNumber }
    }

    private func example(after index: Int, in blocks: [DocumentBlock], _ bytes: [UInt8]) -> String {
        guard index + 1 < blocks.count, blocks[index + 1].kind == .code,
            LegendBlock.lines(of: blocks[index + 1], in: bytes).isEmpty
        else { return "" }
        let content = blocks[index + 1].content
        var end = min(content.upperBound, content.lowerBound + Self.exampleByteLimit)
        // Cut at a line end, so that no character and no example is cut in half.
        if end < content.upperBound {
            while end > content.lowerBound, bytes[end - 1] != UInt8(ascii: "\n") { end -= 1 }
        }
        return string(bytes, content.lowerBound..<end)
    }

    private func sections(_ bytes: [UInt8]) -> [DocumentSegment] {
        let blocks = DocumentBlockScanner.blocks(of: bytes)
        var result: [DocumentSegment] = []
        var section = ""
        var start: Int?
        var end = 0
        func flush(_ upTo: Int) -> DocumentSegment? {
            guard let start, upTo > start else { return nil }
            let range = start..<upTo
            return DocumentSegment(
                text: string(bytes, range), byteRange: range, section: section, before: result.last?.section ?? "",
                example: "")
        }
        for block in blocks {
            if block.kind == .heading {
                if let done = flush(end) { result.append(done) }
                section = string(bytes, block.content)
                start = block.whole.lowerBound
            } else if start == nil {
                start = block.whole.lowerBound
            }
            end = block.whole.upperBound
        }
        if let done = flush(end) { result.append(done) }
        return result
    }

    private func lines(_ bytes: [UInt8]) -> [DocumentSegment] {
        var result: [DocumentSegment] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let content = end > start && bytes[end - 1] == 0x0D ? start..<(end - 1) : start..<end
            if !bytes[content].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                let text = string(bytes, content)
                result.append(
                    DocumentSegment(
                        text: text, byteRange: content, section: "", before: result.last?.text ?? "", example: ""))
            }
            start = end + 1
        }
        return result
    }

    private func string(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
