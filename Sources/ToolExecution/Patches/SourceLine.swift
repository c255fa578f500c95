/// One line of a program as tokens, with its brackets paired.
struct SourceLine: Sendable {
    /// The line's bytes, without its end.
    let bytes: [UInt8]
    /// Its tokens.
    let tokens: [SourceToken]
    /// How many brackets are open where each token stands, its own counted.
    let depths: [Int]
    /// The bracket that belongs to each bracket that has one.
    private let partners: [Int: Int]
    /// The token that assigns, where one does.
    let assignment: Int?

    init(_ text: String, in dialect: SourceDialect) {
        bytes = Array(text.utf8)
        let tokens = SourceToken.tokens(of: bytes, in: dialect)
        self.tokens = tokens
        var partners: [Int: Int] = [:]
        var open: [Int] = []
        var depths: [Int] = []
        for (index, token) in tokens.enumerated() {
            if token.isOpening { open.append(index) }
            depths.append(open.count)
            if token.isClosing, let start = open.popLast() {
                partners[index] = start
                partners[start] = index
            }
        }
        self.partners = partners
        self.depths = depths
        assignment = tokens.indices.first { depths[$0] == 0 && tokens[$0].isAssigning }
    }

    /// The bracket that belongs to the one at `index`.
    func partner(of index: Int) -> Int? { partners[index] }

    /// Whether the token at `index` is one that gets a value here.
    func isTarget(_ index: Int) -> Bool {
        guard depths[index] == 0 else { return false }
        if let assignment, index < assignment { return true }
        guard tokens[0].text == "for", let end = tokens.firstIndex(where: { $0.kind == .word && $0.text == "in" })
        else { return false }
        return index < end
    }

    /// Whether the token at `index` can be a value by itself.
    func isValue(_ index: Int) -> Bool {
        switch tokens[index].kind {
        case .number, .text: true
        case .word: !SourceWords.separating.contains(tokens[index].text)
        case .symbol: false
        }
    }

    /// Where the operand begins that ends with the token at `index`: `f(x)[1].y` as a whole; nil where none does.
    func operandStart(endingAt index: Int) -> Int? {
        guard tokens.indices.contains(index) else { return nil }
        var start = index
        if tokens[index].isClosing {
            guard let opening = partners[index] else { return nil }
            // What is called or indexed belongs to it.
            if opening > 0, let called = operandStart(endingAt: opening - 1) { return called }
            start = opening
        } else if !isValue(index) {
            return nil
        }
        if start > 1, tokens[start - 1].isSymbol("."), let owner = operandStart(endingAt: start - 2) { return owner }
        return start
    }

    /// Where the operand ends that begins with the token at `index`; nil where none does.
    func operandEnd(startingAt index: Int) -> Int? {
        guard tokens.indices.contains(index) else { return nil }
        if tokens[index].isSymbol("-") || tokens[index].isSymbol("!") { return operandEnd(startingAt: index + 1) }
        var end = index
        if tokens[index].isOpening {
            guard let closing = partners[index] else { return nil }
            end = closing
        } else if !isValue(index) {
            return nil
        }
        while end + 1 < tokens.count {
            let next = tokens[end + 1]
            if next.isSymbol("(") || next.isSymbol("["), tokens[end].kind != .number,
                let closing = partners[end + 1]
            {
                end = closing
            } else if next.isSymbol("."), end + 2 < tokens.count, tokens[end + 2].kind == .word {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    /// The bytes from the token `first` to the token `last`.
    func span(_ first: Int, _ last: Int) -> Range<Int> {
        tokens[first].range.lowerBound..<tokens[last].range.upperBound
    }

    /// The text of `range`.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The line with `range` replaced. Ranges begin and end where tokens do, so no character is cut.
    func replacing(_ range: Range<Int>, with text: String) -> String {
        String(decoding: bytes[..<range.lowerBound] + Array(text.utf8) + bytes[range.upperBound...], as: UTF8.self)
    }
}

extension SourceToken {
    /// Whether it opens a bracket.
    var isOpening: Bool { kind == .symbol && ["(", "[", "{"].contains(text) }

    /// Whether it closes a bracket.
    var isClosing: Bool { kind == .symbol && [")", "]", "}"].contains(text) }

    /// Whether it compares two values by their order or for being equal.
    var isComparing: Bool { kind == .symbol && ["<", "<=", ">", ">=", "==", "!="].contains(text) }

    /// Whether it gives a value to what stands before it.
    var isAssigning: Bool {
        guard kind == .symbol, text.hasSuffix("="), !isComparing else { return false }
        return text != "===" && text != "!=="
    }
}
