extension Technique {
    private static let separators: Set<Unicode.Scalar> = [",", "=", ".", ":", ";", "+", "-", "_", "|"]
    private static let closers: Set<Unicode.Scalar> = ["]", "}", ")", ">"]

    /// What this technique makes of `statement`, without the statement itself.
    func variants(of statement: Statement, for rule: RuleToTest, noteMark: String?) -> [String] {
        let text = statement.text
        return made(from: statement, rule, noteMark).filter { $0 != text }
    }

    private func made(from statement: Statement, _ rule: RuleToTest, _ noteMark: String?) -> [String] {
        let text = statement.text
        switch self {
        case .unclosed: return Self.unclosed(statement)
        case .doubled: return Self.doubled(statement, NamedMarks.marks(in: rule.quote))
        case .dangling:
            return statement.places { Self.separators.contains($0) }
                .filter { $0 + 1 < statement.scalars.count }.map { statement.prefix($0 + 1) }
        case .missing: return Self.missing(statement)
        case .character: return Self.characters(statement, CharacterRange.excluded(by: rule))
        case .comment:
            guard let noteMark else { return [] }
            return CharacterRange.excluded(by: rule).map { "\(text) \(noteMark) note \(Character($0))" }
        case .digit:
            return statement.runs(of: Statement.isDigit).suffix(2)
                .map { statement.replacing(($0.upperBound - 1)..<$0.upperBound, with: "\u{663}") }
        case .space: return ["\u{B}", "\u{A0}", "\u{3000}"].flatMap { [text + $0, $0 + text] }
        case .letterCase: return Self.letterCases(statement)
        case .misplaced: return Self.misplaced(statement, NamedMarks.marks(in: rule.quote))
        case .leadingZero:
            return Self.numbers(statement).suffix(1).map { statement.inserting("0", at: $0.lowerBound) }
        case .boundary:
            // Of several numbers nobody says which one the rule is about.
            let numbers = statement.runs(of: Statement.isDigit)
            guard let limit = NumberLimit(in: rule.quote.lowercased()), let number = numbers.first, numbers.count == 1
            else { return [] }
            return limit.beyond.map { statement.replacing(number, with: "\($0)") }
        case .repeated: return [text + "\n" + text]
        case .lineBreak: return Self.lineBreaks(statement, isAllowed: rule.polarity == .may)
        case .trailing: return Self.trailing(statement)
        case .carriageReturn: return [text + "\r" + text]
        case .extra: return [text + " " + text, text + " x"]
        case .empty:
            guard let place = statement.places(where: { $0 == "=" || $0 == ":" }).first else { return [] }
            return [statement.prefix(place + 1), Statement.string(statement.scalars[place...])]
        case .escape:
            guard let quotation = statement.quotes.quoted.first, quotation.mark == "\"", !quotation.range.isEmpty
            else { return [] }
            return ["a", "q", "x"].map { statement.inserting("\\" + $0, at: quotation.range.lowerBound) }
        case .zero: return Self.zeros(statement)
        case .trailingSpace:
            return [
                text.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)  " }.joined(separator: "\n")
            ]
        }
    }

    private static func unclosed(_ statement: Statement) -> [String] {
        let scalars = statement.scalars
        guard let last = scalars.last else { return [] }
        let isClosing: (Unicode.Scalar) -> Bool =
            closers.contains(last) ? { closers.contains($0) } : { $0 == last && ($0 == "\"" || $0 == "'") }
        let count = scalars.reversed().prefix(while: isClosing).count
        return (0..<min(count, 3)).map { statement.prefix(scalars.count - 1 - $0) }
    }

    private static func doubled(_ statement: Statement, _ named: Set<Unicode.Scalar>) -> [String] {
        statement.places { separators.contains($0) && (named.isEmpty || named.contains($0)) }
            .map { statement.inserting(statement.part($0..<($0 + 1)), at: $0) }
    }

    private static func missing(_ statement: Statement) -> [String] {
        let joints: Set<Unicode.Scalar> = [".", ":"]
        let numberJoints: Set<Unicode.Scalar> = [".", ":", "+", "-", "_", ","]
        var made: [String] = []
        for run in statement.runs(of: Statement.isWord) {
            let isNumber = statement.scalars[run].allSatisfy(Statement.isDigit)
            let beside = [statement.before(run.lowerBound), statement.at(run.upperBound)].compactMap(\.self)
            if beside.contains(where: { (isNumber ? numberJoints : joints).contains($0) }) {
                made.append(statement.replacing(run, with: ""))
            }
        }
        for run in statement.runs(of: Statement.isDigit) where statement.before(run.lowerBound) == "." {
            if statement.at(run.upperBound).map(Statement.isLetter) == true {
                made.append(statement.replacing(run, with: ""))
            }
        }
        return made
    }

    private static func characters(_ statement: Statement, _ limits: [Unicode.Scalar]) -> [String] {
        if limits.isEmpty {
            let isQuoted = statement.scalars.first.map { $0 == "\"" || $0 == "'" } ?? true
            return isQuoted ? [] : ["!", "\u{B5}"].map { $0 + statement.text }
        }
        let place = statement.quotes.quoted.first { !$0.range.isEmpty }?.range.upperBound ?? statement.scalars.count
        return limits.map { statement.inserting(String(Character($0)), at: place) }
    }

    private static func letterCases(_ statement: Statement) -> [String] {
        // The first word is most often a name, whose case is free.
        guard let run = statement.runs(of: Statement.isLetter).last,
            run.lowerBound > 0 || run.upperBound == statement.scalars.count
        else { return [] }
        let word = statement.part(run)
        let capital: String = word.prefix(1).uppercased() + String(word.dropFirst())
        let last: String = String(word.dropLast()) + word.suffix(1).uppercased()
        return [word.uppercased(), capital, word.lowercased(), last]
            .filter { $0 != word }.map { statement.replacing(run, with: $0) }
    }

    private static func misplaced(_ statement: Statement, _ named: Set<Unicode.Scalar>) -> [String] {
        let marks = [".", "_"].filter { named.contains($0.unicodeScalars.first ?? " ") }
        var made: [String] = []
        for mark in marks {
            for run in statement.runs(of: { Statement.isDigit($0) || Statement.isLetter($0) }) where run.lowerBound > 0
            {
                let seams = run.dropFirst().filter { place in
                    Statement.isLetter(statement.scalars[place]) != Statement.isLetter(statement.scalars[place - 1])
                }
                for place in seams + [run.lowerBound, run.upperBound] {
                    made.append(statement.inserting(mark, at: place))
                }
            }
        }
        return made
    }

    /// The numbers that are no part of a word and no fraction, without what begins the statement.
    private static func numbers(_ statement: Statement) -> [Range<Int>] {
        statement.runs(of: Statement.isDigit).filter { run in
            guard let before = statement.before(run.lowerBound) else { return false }
            return !Statement.isWord(before) && before != "."
        }
    }

    private static func zeros(_ statement: Statement) -> [String] {
        let number = numbers(statement).first { run in
            guard let next = statement.at(run.upperBound) else { return true }
            return [".", "e", "E", "\n"].contains(next)
        }
        return number.map { [statement.replacing($0, with: "0")] } ?? []
    }

    private static func lineBreaks(_ statement: Statement, isAllowed: Bool) -> [String] {
        if isAllowed {
            // Only between the parts of what is enclosed.
            guard statement.scalars.last == "]", let first = statement.places(where: { $0 == "[" }).first, first > 0
            else { return [] }
            return statement.places { $0 == "," || $0 == "[" }.filter { $0 >= first }
                .map { statement.inserting("\n", at: $0 + 1) }
        }
        let breaks: Set<Unicode.Scalar> = [",", "[", "{", "="]
        var made = statement.places { breaks.contains($0) }.map { statement.inserting("\n", at: $0 + 1) }
        if let quotation = statement.quotes.quoted.first, quotation.markLength == 1, quotation.range.count > 1 {
            made.append(
                statement.inserting("\n", at: quotation.range.lowerBound + quotation.range.count / 2))
        }
        return made
    }

    private static func trailing(_ statement: Statement) -> [String] {
        let others: Set<Unicode.Scalar> = ["[", "{", "(", ","]
        let closing: Set<Unicode.Scalar> = ["]", "}", ")"]
        return statement.places { closing.contains($0) }.filter { place in
            let before = statement.scalars[..<place].last { !$0.properties.isWhitespace }
            return before.map { !others.contains($0) } ?? false
        }.map { statement.inserting(",", at: $0) }
    }
}
