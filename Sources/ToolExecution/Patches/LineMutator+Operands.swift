extension LineMutator {
    private static let families: [String: [String]] = [
        "+": ["-"], "-": ["+"], "*": ["/", "+"], "/": ["*", "//"], "//": ["/", "%"], "%": ["//", "/"],
        "+=": ["-=", "="], "-=": ["+=", "="], "*=": ["/=", "+="], "/=": ["*=", "//="], "//=": ["/=", "%="],
        ">>": ["<<"], "<<": [">>"], "&": ["|", "^"], "|": ["&", "^"], "^": ["&", "|"], ">>=": ["<<="], "<<=": [">>="],
        "&=": ["|=", "^="], "|=": ["&=", "^="], "^=": ["&=", "|="], "&&": ["||"], "||": ["&&"], "++": ["--"],
        "--": ["++"], "=": ["+="],
    ]
    private static let binary: Set<String> = ["+", "-", "*", "/", "//", "%", "<<", ">>", "&", "|", "^", "**"]

    /// Neighbours the other way round, and parts left out.
    mutating func addSwaps() {
        for (index, token) in line.tokens.enumerated() where token.kind == .symbol {
            if token.text == "," {
                addNeighbours(of: index)
            } else if Self.binary.contains(token.text), let first = line.operandStart(endingAt: index - 1),
                let last = line.operandEnd(startingAt: index + 1)
            {
                let left = line.span(first, index - 1)
                let right = line.span(index + 1, last)
                addSwap(left, right)
                add(.less, left.upperBound..<right.upperBound, "")
                add(.less, left.lowerBound..<right.lowerBound, "")
            }
        }
    }

    private mutating func addSwap(_ left: Range<Int>, _ right: Range<Int>) {
        let between = line.text(left.upperBound..<right.lowerBound)
        add(.swap, left.lowerBound..<right.upperBound, line.text(right) + between + line.text(left))
    }

    /// The two parts beside a comma.
    private mutating func addNeighbours(of comma: Int) {
        let line = self.line
        let tokens = line.tokens
        let depth = line.depths[comma]
        func ends(_ index: Int, _ words: [String]) -> Bool {
            let token = tokens[index]
            guard line.depths[index] == depth else { return line.depths[index] < depth }
            // A bracket of the comma's own depth is one of those around the list.
            if token.isOpening || token.isClosing { return true }
            if token.kind == .symbol { return [",", ";", ":"].contains(token.text) || token.isAssigning }
            return words.contains(token.text)
        }
        var first = comma
        while first > 0, !ends(first - 1, ["return", "for", "in", "yield", "lambda"]) { first -= 1 }
        var last = comma
        while last + 1 < tokens.count, !ends(last + 1, ["in", "for", "if"]) { last += 1 }
        guard first < comma, last > comma else { return }
        let left = line.span(first, comma - 1)
        let right = line.span(comma + 1, last)
        addSwap(left, right)
        if first > 0, ["(", "[", ","].contains(where: { tokens[first - 1].isSymbol($0) }) {
            add(.less, left.lowerBound..<right.lowerBound, "")
        }
        if last + 1 < tokens.count, tokens[last + 1].isClosing {
            add(.less, left.upperBound..<right.upperBound, "")
        }
    }

    /// Another operator of the same family.
    mutating func addOperators() {
        for (index, token) in line.tokens.enumerated() where token.kind == .symbol {
            guard let others = Self.families[token.text] else { continue }
            let isSign = ["+", "-", "*", "&"].contains(token.text) && line.operandStart(endingAt: index - 1) == nil
            if isSign {
                if token.text == "-" { add(.operation, token.range, "") }
                continue
            }
            // A name in a call's list, `f(width=3)`, is given nothing else.
            if token.text == "=", line.depths[index] > 0 { continue }
            for other in others { add(.operation, token.range, other) }
        }
    }

    /// Another name, or one more.
    mutating func addNames() {
        let tokens = line.tokens
        for (index, token) in tokens.enumerated() where token.kind == .word && names.contains(token.text) {
            if index > 0, tokens[index - 1].isSymbol(".") { continue }
            if index + 1 < tokens.count, tokens[index + 1].isSymbol("(") { continue }
            for other in names where other != token.text { add(.name, token.range, other) }
            if !line.isTarget(index) {
                for constant in ["0", "1"] { add(.name, token.range, constant) }
            }
        }
        // What was forgotten doesn't stand there yet.
        let present = Set(tokens.filter { $0.kind == .word }.map(\.text))
        let absent = names.filter { !present.contains($0) }
        for index in operandEnds {
            let end = tokens[index].range.upperBound
            for name in absent {
                add(.more, end..<end, " - " + name)
                add(.more, end..<end, " + " + name)
            }
        }
    }
}
