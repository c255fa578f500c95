/// The small changes of one line that are worth a try: what mutation testing does to find weak tests, the other way
/// round (Debroy and Wong, "Using Mutation to Automatically Suggest Fixes for Faulty Programs", ICST 2010).
///
/// It knows operators, brackets and words and no language's grammar: a change that makes no sense fails its tests.
struct LineMutator {
    let line: SourceLine
    /// The names in use nearby, the nearest first.
    let names: [String]
    private let dialect: SourceDialect
    private var known: Set<String>
    private(set) var changes: [LineChange] = []
    /// How many changes of one line are kept.
    private static let changeLimit = 1_000

    /// The changes of `text`, without repetitions, the likelier kinds first; none of a line that is very long.
    static func changes(of text: String, names: [String], in dialect: SourceDialect) -> [LineChange] {
        guard text.utf8.count <= SourceProgram.codeByteLimit else { return [] }
        var mutator = LineMutator(text, names: names, in: dialect)
        mutator.collect()
        let order = Dictionary(
            uniqueKeysWithValues: LineChange.Kind.allCases.enumerated().map { ($0.element, $0.offset) })
        return mutator.changes.enumerated().sorted { left, right in
            let (first, second) = (order[left.element.kind] ?? 0, order[right.element.kind] ?? 0)
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    private init(_ text: String, names: [String], in dialect: SourceDialect) {
        line = SourceLine(text, in: dialect)
        self.names = names
        self.dialect = dialect
        known = [text]
    }

    private mutating func collect() {
        guard let first = line.tokens.first, !SourceWords.declaring.contains(first.text) else { return }
        addComparisons()
        addOnes()
        addSwaps()
        addOperators()
        addWords()
        addNames()
    }

    /// Keeps the line with `range` replaced, unless it is there already.
    mutating func add(_ kind: LineChange.Kind, _ range: Range<Int>, _ text: String) {
        guard changes.count < Self.changeLimit else { return }
        let changed = line.replacing(range, with: text)
        guard changed.contains(where: { !$0.isWhitespace }), known.insert(changed).inserted else { return }
        changes.append(LineChange(kind: kind, text: changed))
    }

    /// The tokens behind which something can be added to an operand.
    var operandEnds: [Int] {
        let tokens = line.tokens
        return tokens.indices.filter { index in
            let token = tokens[index]
            switch token.kind {
            case .number: break
            case .word where !SourceWords.separating.contains(token.text) && !SourceWords.fixed.contains(token.text):
                break
            case .symbol where token.isSymbol(")") || token.isSymbol("]"): break
            default: return false
            }
            guard !line.isTarget(index) else { return false }
            if index + 1 < tokens.count {
                let next = tokens[index + 1]
                if ["(", "[", ".", "{", "="].contains(where: { next.isSymbol($0) }) { return false }
                if next.kind != .symbol, !SourceWords.separating.contains(next.text) { return false }
            }
            // The closing bracket of a statement's head, `if (x)`, ends no operand.
            if token.isSymbol(")"), let opening = line.partner(of: index), opening > 0 {
                return !["if", "while", "for", "switch"].contains(tokens[opening - 1].text)
            }
            return true
        }
    }

    private mutating func addComparisons() {
        for token in line.tokens where token.isComparing {
            for other in ["<", "<=", ">", ">=", "==", "!="] where other != token.text {
                add(.comparison, token.range, other)
            }
        }
    }

    private mutating func addOnes() {
        let tokens = line.tokens
        for index in tokens.indices.dropFirst().dropLast() {
            let token = tokens[index]
            guard token.isSymbol("+") || token.isSymbol("-"), tokens[index + 1].text == "1",
                line.operandStart(endingAt: index - 1) != nil
            else { continue }
            add(.one, tokens[index - 1].range.upperBound..<tokens[index + 1].range.upperBound, "")
            add(.one, token.range, token.text == "+" ? "-" : "+")
        }
        for index in operandEnds {
            let token = tokens[index]
            if token.kind == .number {
                guard let value = Int(token.text), value < Int.max else { continue }
                add(.one, token.range, String(value + 1))
                if value > 0 { add(.one, token.range, String(value - 1)) }
            } else {
                let end = token.range.upperBound
                add(.one, end..<end, " + 1")
                add(.one, end..<end, " - 1")
            }
        }
    }

    private mutating func addWords() {
        let tokens = line.tokens
        for (index, token) in tokens.enumerated() {
            for twin in SourceWords.twins[token.text] ?? [] where token.kind == .word { add(.word, token.range, twin) }
            guard index + 1 < tokens.count else { continue }
            let next = tokens[index + 1]
            if token.text == "not" || token.isSymbol("!") {
                add(.negation, token.range.lowerBound..<next.range.lowerBound, "")
            }
            let isCondition = ["if", "while", "and", "or", "return", "elif", "&&", "||"].contains(token.text)
            if isCondition, !["not", "!", ";", "if", "("].contains(next.text) {
                add(.negation, next.range.lowerBound..<next.range.lowerBound, dialect.negation)
            }
        }
    }
}
