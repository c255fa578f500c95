/// Recursive descent over ECMA-262's grammar for regular expressions.
struct PatternParser {
    private static let depthLimit = 200

    private let source: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    /// Whether back-references and properties that aren't known are passed over.
    private var onlyChecksSyntax = false

    init(source: String) {
        self.source = source
        self.scalars = Array(source.unicodeScalars)
    }

    /// Whether `source` is a regular expression, back-references included.
    static func isWellFormed(_ source: String) -> Bool {
        var parser = PatternParser(source: source)
        parser.onlyChecksSyntax = true
        return (try? parser.parse()) != nil
    }

    mutating func parse() throws(PatternError) -> StringPattern.Expression {
        let expression = try parseAlternation()
        guard position == scalars.count else { throw failure("a `)` closes nothing", at: position) }
        return expression
    }

    private mutating func parseAlternation() throws(PatternError) -> StringPattern.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw failure("the groups are nested deeper than \(Self.depthLimit)", at: position)
        }
        var alternatives = [try parseSequence()]
        while take("|") {
            alternatives.append(try parseSequence())
        }
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    private mutating func parseSequence() throws(PatternError) -> StringPattern.Expression {
        var parts: [StringPattern.Expression] = []
        while let next = peek, next != "|", next != ")" {
            let start = position
            let atom = try parseAtom()
            parts.append(try parseQuantifier(of: atom, from: start))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func parseAtom() throws(PatternError) -> StringPattern.Expression {
        let start = position
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalar(.notLineEnd)
        case "(": return try parseGroup(from: start)
        case "[": return .scalar(try parseClass(from: start))
        case "\\":
            if take("b") { return .wordBoundary(isNegative: false) }
            if take("B") { return .wordBoundary(isNegative: true) }
            return .scalar(try parseEscape(from: start, inClass: false).set)
        case "*", "+", "?": throw failure("`\(scalar)` repeats nothing", at: start)
        case "{":
            position = start
            guard !isCount else { throw failure("`{` repeats nothing (write `\\{` for the character)", at: start) }
            position += 1
            return .scalar(ScalarSet(scalar))
        default: return .scalar(ScalarSet(scalar))
        }
    }

    /// What a group is for, by the characters behind its `(`.
    private enum GroupKind {
        case plain
        case lookahead(isNegative: Bool)
        case lookbehind(isNegative: Bool)
    }

    private mutating func parseGroup(from start: Int) throws(PatternError) -> StringPattern.Expression {
        let kind = take("?") ? try parseGroupKind(from: start) : .plain
        let inside = try parseAlternation()
        guard take(")") else { throw failure("a group isn't closed", at: start) }
        return switch kind {
        case .plain: inside
        case .lookahead(let isNegative): .lookahead(inside, isNegative: isNegative)
        case .lookbehind(let isNegative): .lookbehind(inside, isNegative: isNegative)
        }
    }

    private mutating func parseGroupKind(from start: Int) throws(PatternError) -> GroupKind {
        if take(":") { return .plain }
        if take("=") { return .lookahead(isNegative: false) }
        if take("!") { return .lookahead(isNegative: true) }
        guard take("<") else { throw failure("`(?` is followed by something unknown", at: start) }
        if take("=") { return .lookbehind(isNegative: false) }
        if take("!") { return .lookbehind(isNegative: true) }
        let name = position
        while let next = peek, next != ">" {
            guard next.properties.isIDContinue || next == "$" else {
                throw failure("a group's name has a character that isn't a letter or digit", at: position)
            }
            position += 1
        }
        guard position > name, take(">") else { throw failure("a group's name isn't closed", at: start) }
        return .plain
    }

    /// Whether a count such as `{2}` or `{1,}` begins here; any other `{` is a character.
    private var isCount: Bool {
        var ahead = position + 1
        func skipDigits() -> Bool {
            let first = ahead
            while ahead < scalars.count, ScalarSet.digits.contains(scalars[ahead]) { ahead += 1 }
            return ahead > first
        }
        guard skipDigits(), ahead < scalars.count else { return false }
        if scalars[ahead] == "," {
            ahead += 1
            _ = skipDigits()
        }
        return ahead < scalars.count && scalars[ahead] == "}"
    }

    private mutating func parseQuantifier(
        of atom: StringPattern.Expression, from start: Int
    ) throws(PatternError) -> StringPattern.Expression {
        let minimum: Int
        let maximum: Int?
        switch peek {
        case "*":
            position += 1
            (minimum, maximum) = (0, nil)
        case "+":
            position += 1
            (minimum, maximum) = (1, nil)
        case "?":
            position += 1
            (minimum, maximum) = (0, 1)
        case "{" where isCount:
            (minimum, maximum) = try parseCounts()
        default:
            return atom
        }
        guard !isAnchor(at: start) else { throw failure("an anchor is repeated", at: start) }
        // A lazy quantifier prefers a shorter match; which texts match doesn't change.
        _ = take("?")
        return .repetition(atom, minimum: minimum, maximum: maximum)
    }

    /// Whether what begins at `start` is a place that can't be repeated. Groups around one can, and look-aheads.
    private func isAnchor(at start: Int) -> Bool {
        func stands(_ text: String) -> Bool { scalars[start...].starts(with: text.unicodeScalars) }
        return ["^", "$", "\\b", "\\B", "(?<=", "(?<!"].contains(where: stands)
    }

    private mutating func parseCounts() throws(PatternError) -> (Int, Int?) {
        let start = position
        position += 1
        let minimum = parseCount() ?? 0
        var maximum: Int? = minimum
        if take(",") { maximum = parseCount() }
        _ = take("}")
        if let maximum, maximum < minimum {
            throw failure("a repetition's maximum \(maximum) is below its minimum \(minimum)", at: start)
        }
        return (minimum, maximum)
    }

    private mutating func parseCount() -> Int? {
        var count: Int?
        while let next = peek, ScalarSet.digits.contains(next) {
            // Saturates far above the state limit, which then refuses the pattern.
            count = min((count ?? 0) * 10 + Int(next.value - 0x30), 1_000_000)
            position += 1
        }
        return count
    }

    private mutating func parseClass(from start: Int) throws(PatternError) -> ScalarSet {
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var classes: [[ClosedRange<UInt32>]] = []
        // A class of hundreds of ranges counts once, however often it stands here.
        func add(_ item: Item) {
            if item.single == nil {
                guard !classes.contains(item.ranges) else { return }
                classes.append(item.ranges)
            }
            ranges += item.ranges
        }
        while let next = peek, next != "]" {
            let itemStart = position
            let low = try parseClassItem()
            guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                add(low)
                continue
            }
            position += 1
            let high = try parseClassItem()
            guard let first = low.single, let last = high.single else {
                // `[\w-.]`: with a class at either end, the hyphen is a character.
                add(low)
                add(high)
                ranges.append(0x2D...0x2D)
                continue
            }
            guard first <= last else { throw failure("a range's ends are out of order", at: itemStart) }
            ranges.append(first...last)
        }
        guard take("]") else { throw failure("a class isn't closed", at: start) }
        let set = ScalarSet(ranges)
        return isInverted ? set.inverted : set
    }

    /// One character, which may be half a surrogate pair, or a class of them.
    private struct Item {
        var ranges: [ClosedRange<UInt32>]
        var single: UInt32?

        init(_ value: UInt32) {
            ranges = [value...value]
            single = value
        }

        init(_ scalar: Unicode.Scalar) { self.init(scalar.value) }

        var set: ScalarSet {
            single.flatMap { Unicode.Scalar($0) }.map { ScalarSet($0) } ?? ScalarSet(ranges)
        }

        init(_ set: ScalarSet) { ranges = set.ranges }
    }

    private mutating func parseClassItem() throws(PatternError) -> Item {
        let start = position
        let scalar = scalars[position]
        position += 1
        return scalar == "\\" ? try parseEscape(from: start, inClass: true) : Item(scalar)
    }

    private mutating func parseEscape(from start: Int, inClass: Bool) throws(PatternError) -> Item {
        guard let scalar = peek else { throw failure("the pattern ends in `\\`", at: start) }
        position += 1
        switch scalar {
        case "d": return Item(.digits)
        case "D": return Item(ScalarSet.digits.inverted)
        case "w": return Item(.word)
        case "W": return Item(ScalarSet.word.inverted)
        case "s": return Item(.space)
        case "S": return Item(ScalarSet.space.inverted)
        case "t": return Item("\t")
        case "n": return Item("\n")
        case "r": return Item("\r")
        case "f": return Item("\u{0C}")
        case "v": return Item("\u{0B}")
        case "b" where inClass: return Item("\u{08}")
        case "p", "P": return Item(try parseProperty(isNegative: scalar == "P", from: start))
        case "k":
            guard onlyChecksSyntax, take("<") else { throw failure("a back-reference is not supported", at: start) }
            while let next = peek, next != ">" { position += 1 }
            guard take(">") else { throw failure("a group's name isn't closed", at: start) }
            return Item(.all)
        case "c":
            guard let letter = peek, letter.isASCII, letter.properties.isAlphabetic else {
                throw failure("`\\c` isn't followed by a letter", at: start)
            }
            position += 1
            return Item(letter.value & 31)
        case "x": return Item(try parseHexadecimalValue(digits: 2, from: start))
        case "u": return Item(try parseUnicodeEscape(from: start))
        case "0":
            guard !(peek.map(ScalarSet.digits.contains) ?? false) else {
                throw failure("an octal escape is not supported", at: start)
            }
            return Item("\0")
        case "1"..."9":
            if onlyChecksSyntax { return Item(.all) }
            throw failure("a back-reference is not supported", at: start)
        default:
            // ECMA-262 without its `u` flag lets `\` stand before anything. Before letters it is almost always another
            // dialect's escape, which would silently mean something else.
            guard scalar == "_" || !ScalarSet.word.contains(scalar) else {
                throw failure("the escape `\\\(scalar)` is unknown", at: start)
            }
            return Item(scalar)
        }
    }

    private mutating func parseProperty(isNegative: Bool, from start: Int) throws(PatternError) -> ScalarSet {
        guard take("{") else { throw failure("`\\p` isn't followed by `{`", at: start) }
        var name = ""
        while let next = peek, next != "}" {
            name.unicodeScalars.append(next)
            position += 1
        }
        guard take("}") else { throw failure("`\\p{` isn't closed", at: start) }
        if onlyChecksSyntax, UnicodeProperty.isWellFormed(name) { return .all }
        guard let set = UnicodeProperty.set(named: name, isNegative: isNegative) else {
            throw failure("the Unicode property `\(name)` is not supported", at: start)
        }
        return set
    }

    /// A code point, or half a surrogate pair, which matches nothing.
    private mutating func parseUnicodeEscape(from start: Int) throws(PatternError) -> UInt32 {
        guard take("{") else {
            let high = try parseHexadecimalValue(digits: 4, from: start)
            guard (0xD800...0xDBFF).contains(high), position + 1 < scalars.count, scalars[position] == "\\",
                scalars[position + 1] == "u"
            else { return high }
            let after = position
            position += 2
            guard let low = try? parseHexadecimalValue(digits: 4, from: start), (0xDC00...0xDFFF).contains(low) else {
                position = after
                return high
            }
            return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        }
        var value: UInt32 = 0
        let digits = position
        while let digit = hexadecimalDigit() {
            value = min(value << 4 | digit, 0x110000)
        }
        guard position > digits, take("}") else { throw failure("`\\u{` isn't closed", at: start) }
        guard value <= 0x10FFFF else { throw failure("an escape names no character", at: start) }
        return value
    }

    private mutating func parseHexadecimalValue(digits: Int, from start: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = hexadecimalDigit() else {
                throw failure("an escape needs \(digits) hexadecimal digits", at: start)
            }
            value = value << 4 | digit
        }
        return value
    }

    private mutating func hexadecimalDigit() -> UInt32? {
        guard let next = peek, next.isASCII, let digit = Character(next).hexDigitValue else { return nil }
        position += 1
        return UInt32(digit)
    }

    private var peek: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private func failure(_ reason: String, at offset: Int) -> PatternError {
        PatternError(pattern: source, offset: offset, reason: reason)
    }
}
