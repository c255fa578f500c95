import Documents

/// Reads the examples of a specification: its code blocks in the language that most of them name, and those that name none.
struct ExampleReader {
    /// What is longer is no example to make others from.
    private static let byteLimit = 4_000
    private static let statementLimit = 40
    private static let blockLimit = 500
    private static let noteMarks = ["#", "//", "--", ";", "%"]

    private let bytes: [UInt8]
    private var found: [Found] = []
    /// How comments begin, where at least two blocks have a line that begins so.
    private(set) var noteMark: String?
    /// Whether each line is an input of its own: there are no comments, and remarks stand in a column of their own.
    private(set) var isByLine = false
    private var language = ""

    private struct Found {
        let text: String
        let language: String
        let section: String
        let byteStart: Int
    }

    init(_ document: String) {
        bytes = Array(document.utf8)
        var section = ""
        for block in DocumentBlockScanner.blocks(of: bytes) {
            if block.kind == .heading { section = string(block.content) }
            guard block.kind == .code, found.count < Self.blockLimit, block.content.count <= Self.byteLimit,
                LegendBlock.lines(of: block, in: bytes).isEmpty
            else { continue }
            found.append(
                Found(
                    text: string(block.content), language: string(block.language), section: section,
                    byteStart: block.content.lowerBound))
        }
        language = Self.mostFrequent(found.map(\.language).filter { !$0.isEmpty })
        let spoken = language
        found.removeAll { !$0.language.isEmpty && $0.language != spoken }
        let texts = found.map(\.text)
        noteMark = Self.noteMarks.first { mark in
            texts.count(where: { text in Self.lines(of: text).contains { Self.begins($0, with: mark) } }) >= 2
        }
        if noteMark == nil {
            isByLine = texts.contains { text in
                Self.lines(of: text).contains { !ExampleLine(column: $0).remark.isEmpty }
            }
        }
    }

    /// The examples in the document's order.
    func blocks() -> [ExampleBlock] {
        found.map { block in
            let shown = isByLine ? byLine(block.text) : whole(block.text)
            // A block that names no language among others that do may show anything.
            let isSure = !block.language.isEmpty || language.isEmpty
            return ExampleBlock(
                section: block.section, byteStart: block.byteStart,
                inputs: shown.inputs.filter { isSure || !$0.isRight },
                statements: Array(shown.statements.prefix(Self.statementLimit)))
        }
    }

    private typealias Shown = (inputs: [(text: String, isRight: Bool)], statements: [Statement])

    private func byLine(_ text: String) -> Shown {
        var inputs: [(text: String, isRight: Bool)] = []
        for line in Self.lines(of: text) {
            let parted = ExampleLine(column: line)
            guard !parted.isBlank else { continue }
            inputs.append((parted.statement, !ExampleLine.saysWrong(parted.remark)))
        }
        return (inputs, inputs.filter { $0.isRight }.map { Statement($0.text) })
    }

    /// A block whose first line is a comment that calls it wrong is wrong; a line with such a comment is left out of what is
    /// right, and with what stands before it makes an input that is wrong.
    private func whole(_ text: String) -> Shown {
        let lines = Self.lines(of: text)
        let first = ExampleLine(lines.first { !$0.allSatisfy(\.isWhitespace) } ?? "", noteMark: noteMark)
        if first.isBlank, ExampleLine.saysWrong(first.remark) { return ([(text, false)], []) }
        var kept: [String] = []
        var inputs: [(text: String, isRight: Bool)] = []
        for line in lines {
            let parted = ExampleLine(line, noteMark: noteMark)
            guard ExampleLine.saysWrong(parted.remark) else {
                kept.append(line)
                continue
            }
            var wrong = parted.statement
            if parted.isBlank {
                // A statement in a comment that calls it wrong behind a second mark.
                kept.append(line)
                let inner = ExampleLine(parted.remark, noteMark: noteMark)
                guard !inner.isBlank, ExampleLine.saysWrong(inner.remark) else { continue }
                wrong = inner.statement
            }
            inputs.append(((kept + [wrong]).joined(separator: "\n") + "\n", false))
        }
        let right = kept.joined(separator: "\n") + "\n"
        let statements = StatementScanner.statements(of: right, noteMark: noteMark).map { Statement($0) }
        // Where all of it is wrong, what is left over shows nothing that is right.
        if inputs.isEmpty || !statements.isEmpty { inputs.insert((right, true), at: 0) }
        return (inputs, statements)
    }

    private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func begins(_ line: String, with mark: String) -> Bool {
        line.drop { $0 == " " || $0 == "\t" }.hasPrefix(mark)
    }

    private static func mostFrequent(_ names: [String]) -> String {
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
}
