/// Cuts a Markdown or plain-text document into blocks. A block structure is all that is needed here: inline markup stays
/// in the text, because quotes have to be verbatim.
package struct DocumentBlockScanner {
    private let bytes: [UInt8]
    private var blocks: [DocumentBlock] = []
    /// The lines of the paragraph or list item being collected.
    private var open: (kind: DocumentBlock.Kind, content: Range<Int>, start: Int)?
    /// Where the open list item's marker stands in its line, and whether it is a number.
    private var marker: (column: Int, isNumbered: Bool) = (0, false)

    /// The blocks of a text in its order.
    package static func blocks(of bytes: [UInt8]) -> [DocumentBlock] {
        var scanner = DocumentBlockScanner(bytes)
        scanner.scan()
        return scanner.blocks
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func scan() {
        var lineStart = 0
        var fence: (mark: UInt8, count: Int, start: Int, content: Int, language: Range<Int>)?
        while lineStart < bytes.count {
            var lineEnd = lineStart
            while lineEnd < bytes.count, bytes[lineEnd] != UInt8(ascii: "\n") { lineEnd += 1 }
            let next = min(lineEnd + 1, bytes.count)
            let line = trimmed(lineStart..<lineEnd)
            if let opened = fence {
                if let mark = fenceMark(line), mark.mark == opened.mark, mark.count >= opened.count,
                    line.count == mark.count
                {
                    blocks.append(
                        DocumentBlock(
                            kind: .code, content: opened.content..<max(opened.content, lineStart),
                            whole: opened.start..<lineEnd, language: opened.language))
                    fence = nil
                }
            } else if let mark = fenceMark(line) {
                close()
                fence = (
                    mark.mark, mark.count, lineStart, next, trimmed((line.lowerBound + mark.count)..<line.upperBound)
                )
            } else {
                take(line: line, start: lineStart, end: lineEnd)
            }
            lineStart = next
        }
        if let opened = fence {
            blocks.append(
                DocumentBlock(
                    kind: .code, content: opened.content..<bytes.count, whole: opened.start..<bytes.count,
                    language: opened.language))
        }
        close()
    }

    private mutating func take(line: Range<Int>, start: Int, end: Int) {
        if line.isEmpty {
            close()
        } else if let level = headingMarks(line) {
            close()
            let content = trimmed((line.lowerBound + level)..<line.upperBound)
            blocks.append(DocumentBlock(kind: .heading, content: content, whole: start..<end, depth: level))
        } else if isUnderline(line), let paragraph = open, paragraph.kind == .paragraph {
            open = nil
            blocks.append(
                DocumentBlock(
                    kind: .heading, content: paragraph.content, whole: paragraph.start..<end,
                    depth: bytes[line.lowerBound] == UInt8(ascii: "=") ? 1 : 2))
        } else if isRule(line) {
            close()
        } else if bytes[line.lowerBound] == UInt8(ascii: "|") {
            close()
            blocks.append(DocumentBlock(kind: .table, content: line, whole: start..<end))
        } else if let marker = listMarker(line) {
            close()
            let content = trimmed((line.lowerBound + marker)..<line.upperBound)
            self.marker = (line.lowerBound - start, (0x30...0x39).contains(bytes[line.lowerBound]))
            open = (.listItem, content, start)
        } else if let current = open {
            open = (current.kind, current.content.lowerBound..<line.upperBound, current.start)
        } else {
            open = (.paragraph, line, start)
        }
    }

    private mutating func close() {
        guard let current = open else { return }
        open = nil
        guard !current.content.isEmpty else { return }
        blocks.append(
            DocumentBlock(
                kind: current.kind, content: current.content, whole: current.start..<current.content.upperBound,
                depth: current.kind == .listItem ? marker.column : 0,
                isNumbered: current.kind == .listItem && marker.isNumbered))
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high, isBlank(bytes[low]) { low += 1 }
        while high > low, isBlank(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    private func headingMarks(_ line: Range<Int>) -> Int? {
        let level = bytes[line].prefix { $0 == UInt8(ascii: "#") }.count
        guard (1...6).contains(level), level < line.count, isBlank(bytes[line.lowerBound + level]) else { return nil }
        return level
    }

    private func isUnderline(_ line: Range<Int>) -> Bool {
        line.count >= 2
            && (bytes[line].allSatisfy { $0 == UInt8(ascii: "=") }
                || bytes[line].allSatisfy { $0 == UInt8(ascii: "-") })
    }

    private func isRule(_ line: Range<Int>) -> Bool {
        guard line.count >= 3, let first = bytes[line].first else { return false }
        return [UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_")].contains(first)
            && bytes[line].allSatisfy { $0 == first }
    }

    private func fenceMark(_ line: Range<Int>) -> (mark: UInt8, count: Int)? {
        guard let first = bytes[line].first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else {
            return nil
        }
        let count = bytes[line].prefix { $0 == first }.count
        return count >= 3 ? (first, count) : nil
    }

    /// The length of `- `, `* `, `+ `, `1. ` or `1) ` at the start of the line.
    private func listMarker(_ line: Range<Int>) -> Int? {
        let first = bytes[line.lowerBound]
        if first == UInt8(ascii: "-") || first == UInt8(ascii: "*") || first == UInt8(ascii: "+") {
            return line.count > 1 && isBlank(bytes[line.lowerBound + 1]) ? 2 : nil
        }
        let digits = bytes[line].prefix { (0x30...0x39).contains($0) }.count
        guard (1...3).contains(digits), line.count > digits + 1 else { return nil }
        let mark = bytes[line.lowerBound + digits]
        guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")"), isBlank(bytes[line.lowerBound + digits + 1])
        else { return nil }
        return digits + 2
    }
}
