/// Recursive descent over ECMA-262's grammar for regular expressions.
struct PatternParser {
    private static let depthLimit = 200

    private let source: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(source: String) {
        self.source = source
        self.scalars = Array(source.unicodeScalars)
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
        case "\\": return .scalar(try parseEscape(from: start, inClass: false))
        case "*", "+", "?": throw failure("`\(scalar)` repeats nothing", at: start)
        case "{": throw failure("`{` repeats nothing (write `\\{` for the character)", at: start)
        default: return .scalar(ScalarSet(scalar))
        }
    }

    private mutating func parseGroup(from start: Int) throws(PatternError) -> StringPattern.Expression {
        if take("?") {
            switch peek {
            case ":":
                position += 1
            case "=", "!":
                throw failure("look-ahead is not supported", at: start)
            case "<":
                position += 1
                guard peek != "=", peek != "!" else {
                    throw failure("look-behind is not supported", at: start)
                }
                let name = position
                while let next = peek, next != ">" {
                    guard ScalarSet.word.contains(next) || next == "$" else {
                        throw failure(
                            "a group's name has a character that isn't a letter or digit", at: position)
                    }
                    position += 1
                }
                guard position > name, take(">") else {
                    throw failure("a group's name isn't closed", at: start)
                }
            default:
                throw failure("`(?` is followed by something unknown", at: start)
            }
        }
        let inside = try parseAlternation()
        guard take(")") else { throw failure("a group isn't closed", at: start) }
        return inside
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
        case "{":
            (minimum, maximum) = try parseCounts()
        default:
            return atom
        }
        guard atom != .start, atom != .end else { throw failure("an anchor is repeated", at: start) }
        // A lazy quantifier prefers a shorter match; which texts match doesn't change.
        _ = take("?")
        return .repetition(atom, minimum: minimum, maximum: maximum)
    }

    private mutating func parseCounts() throws(PatternError) -> (Int, Int?) {
        let start = position
        position += 1
        guard let minimum = parseCount() else {
            throw failure("`{` isn't followed by a number (write `\\{` for the character)", at: start)
        }
        var maximum: Int? = minimum
        if take(",") {
            maximum = peek == "}" ? nil : parseCount()
            guard maximum != nil || peek == "}" else {
                throw failure("`{\(minimum),` isn't followed by a number", at: start)
            }
        }
        guard take("}") else { throw failure("a repetition isn't closed", at: start) }
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
        while let next = peek, next != "]" {
            let itemStart = position
            let low = try parseClassItem()
            if peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                position += 1
                let high = try parseClassItem()
                guard let first = low.singleScalar, let last = high.singleScalar else {
                    throw failure("a range's end is a class of characters", at: itemStart)
                }
                guard first <= last else { throw failure("a range's ends are out of order", at: itemStart) }
                ranges.append(first...last)
            } else {
                ranges += low.ranges
            }
        }
        guard take("]") else { throw failure("a class isn't closed", at: start) }
        let set = ScalarSet(ranges)
        return isInverted ? set.inverted : set
    }

    private mutating func parseClassItem() throws(PatternError) -> ScalarSet {
        let start = position
        let scalar = scalars[position]
        position += 1
        return scalar == "\\" ? try parseEscape(from: start, inClass: true) : ScalarSet(scalar)
    }

    private mutating func parseEscape(from start: Int, inClass: Bool) throws(PatternError) -> ScalarSet {
        guard let scalar = peek else { throw failure("the pattern ends in `\\`", at: start) }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "t": return ScalarSet("\t")
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "f": return ScalarSet("\u{0C}")
        case "v": return ScalarSet("\u{0B}")
        case "b" where inClass: return ScalarSet("\u{08}")
        case "b", "B": throw failure("the word boundary `\\\(scalar)` is not supported", at: start)
        case "p", "P": throw failure("the Unicode property `\\\(scalar)` is not supported", at: start)
        case "k": throw failure("a back-reference is not supported", at: start)
        case "c": throw failure("the control escape `\\c` is not supported", at: start)
        case "x": return ScalarSet(try parseHexadecimal(digits: 2, from: start))
        case "u": return ScalarSet(try parseUnicodeEscape(from: start))
        case "0":
            guard !(peek.map(ScalarSet.digits.contains) ?? false) else {
                throw failure("an octal escape is not supported", at: start)
            }
            return ScalarSet("\0")
        case "1"..."9":
            throw failure("a back-reference is not supported", at: start)
        default:
            guard !ScalarSet.word.contains(scalar), scalar.isASCII else {
                throw failure("the escape `\\\(scalar)` is unknown", at: start)
            }
            return ScalarSet(scalar)
        }
    }

    private mutating func parseUnicodeEscape(from start: Int) throws(PatternError) -> Unicode.Scalar {
        guard take("{") else {
            let high = try parseHexadecimalValue(digits: 4, from: start)
            guard (0xD800...0xDBFF).contains(high), position + 1 < scalars.count, scalars[position] == "\\",
                scalars[position + 1] == "u"
            else { return try scalar(high, from: start) }
            position += 2
            let low = try parseHexadecimalValue(digits: 4, from: start)
            guard (0xDC00...0xDFFF).contains(low) else {
                throw failure("half a surrogate pair is no character", at: start)
            }
            return try scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), from: start)
        }
        var value: UInt32 = 0
        let digits = position
        while let digit = hexadecimalDigit() {
            value = min(value << 4 | digit, 0x110000)
        }
        guard position > digits, take("}") else { throw failure("`\\u{` isn't closed", at: start) }
        return try scalar(value, from: start)
    }

    private mutating func parseHexadecimal(digits: Int, from start: Int) throws(PatternError)
        -> Unicode.Scalar
    {
        try scalar(try parseHexadecimalValue(digits: digits, from: start), from: start)
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

    private func scalar(_ value: UInt32, from start: Int) throws(PatternError) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else {
            throw failure("an escape names no character", at: start)
        }
        return scalar
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

extension ScalarSet {
    /// The only member, when there is just one.
    fileprivate var singleScalar: UInt32? {
        guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
        return ranges[0].lowerBound
    }
}
