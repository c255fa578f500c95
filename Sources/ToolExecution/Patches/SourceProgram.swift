/// A source file as lines that are replaced one at a time.
struct SourceProgram: Sendable {
    /// The lines without their ends; the first one is line 1.
    let lines: [String]
    private let pieces: [[UInt8]]
    /// The longest line that is looked into: a longer one was packed or generated, and has more small changes than anybody
    /// tries.
    static let codeByteLimit = 1_000
    private let endsWithBreak: Bool

    init(_ text: String) {
        var pieces = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        self.pieces = pieces
        endsWithBreak = text.utf8.last == 0x0A
        lines = pieces.map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0[...], as: UTF8.self) }
    }

    /// Line `number`, counted from 1; nil where there is none.
    func line(_ number: Int) -> String? { lines.indices.contains(number - 1) ? lines[number - 1] : nil }

    /// The file with line `number` replaced and every other byte as it is.
    func replacing(line number: Int, with text: String) -> [UInt8] {
        var pieces = self.pieces
        let end: [UInt8] = pieces[number - 1].last == 0x0D ? [0x0D] : []
        pieces[number - 1] = Array(text.utf8) + end
        return Array(pieces.joined(separator: [0x0A])) + (endsWithBreak ? [0x0A] : [])
    }

    /// Whether line `number` is longer than ``codeByteLimit``.
    func isLong(_ number: Int) -> Bool { line(number).map { $0.utf8.count > Self.codeByteLimit } ?? false }

    /// Whether line `number` says something: it has a token, and isn't too long to be looked into.
    func hasCode(_ number: Int, in dialect: SourceDialect) -> Bool {
        guard let text = line(number), !isLong(number) else { return false }
        return !SourceLine(text, in: dialect).tokens.isEmpty
    }

    /// `text` with the indentation that line `number` has.
    func indented(_ text: String, as number: Int) -> String {
        let indentation = line(number)?.prefix { $0 == " " || $0 == "\t" } ?? ""
        return String(indentation) + String(text.drop { $0.isWhitespace })
    }

    /// Lines as a model is shown them: each after its number, of a long one its beginning.
    func numbered(_ range: ClosedRange<Int>) -> String {
        range.map { number in
            let text = lines[number - 1]
            let shown = isLong(number) ? String(text.unicodeScalars.prefix(100)) + " [...]" : text
            return "\(number): \(shown)"
        }.joined(separator: "\n")
    }

    /// The stretch of lines that is shown with line `number`; the same for neighbours, so that their prompts begin alike.
    func stretch(around number: Int, length: Int = 80) -> ClosedRange<Int> {
        guard lines.count > length else { return 1...max(1, lines.count) }
        let step = length / 2
        let first = max(0, min((number - 1) / step * step - step / 2, lines.count - length))
        return (first + 1)...(first + length)
    }

    /// The names of the program's own that stand near line `number`, the nearest first, at most `limit`.
    func names(near number: Int, limit: Int = 12, in dialect: SourceDialect) -> [String] {
        var distance: [String: Int] = [:]
        var order: [String] = []
        for place in max(1, number - 40)...max(1, min(lines.count, number + 40))
        where lines.indices.contains(place - 1) && !isLong(place) {
            let tokens = SourceToken.tokens(of: Array(lines[place - 1].utf8), in: dialect)
            for (index, token) in tokens.enumerated() where token.kind == .word {
                guard !SourceWords.separating.contains(token.text), !SourceWords.fixed.contains(token.text),
                    index == 0 || !tokens[index - 1].isSymbol("."),
                    index + 1 >= tokens.count || !tokens[index + 1].isSymbol("(")
                else { continue }
                if distance[token.text] == nil { order.append(token.text) }
                distance[token.text] = min(distance[token.text] ?? Int.max, abs(place - number))
            }
        }
        let ranked = order.enumerated().sorted { left, right in
            let (first, second) = (distance[left.element] ?? 0, distance[right.element] ?? 0)
            return first == second ? left.offset < right.offset : first < second
        }
        return ranked.prefix(limit).map(\.element)
    }
}
