/// Numbers of payment cards (ISO/IEC 7812): a range that an issuer has, a length that goes with it, and Luhn's digit.
///
/// Digits stand alone or in the groups that cards print, with one kind of space or hyphen between, also one at which no
/// line breaks: any other grouping is a row of numbers. What is part of a longer word, a decimal fraction or a longer
/// number isn't looked at.
enum CardNumbers {
    private static let groupings: [[Int]] = [[4, 4, 4, 4, 3], [4, 4, 4, 4], [4, 6, 5], [4, 6, 4]]

    /// The number that begins at `index`, where a digit follows something that is none.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        guard mayBegin(text, index) else { return nil }
        let first = text.end(of: index, limit: 20, ByteKind.isDigit)
        if first - index >= 14 {
            return finding(text, index..<first)
        }
        guard first - index == 4 else { return nil }
        let separator = text.bytes(first..<(first + text.separatorByteCount(first)))
        guard !separator.isEmpty else { return nil }
        for groups in groupings {
            guard let end = end(of: groups, text, index, separator) else { continue }
            if let finding = finding(text, index..<end) { return finding }
        }
        return nil
    }

    private static func mayBegin(_ text: Span<UInt8>, _ index: Int) -> Bool {
        let before = text.byte(index - 1)
        switch before {
        case _ where ByteKind.isWord(before): return text.isBehindEscape(index)
        // `0.4111...` is a fraction, `2024-4111...` and `a-4111...` a longer name.
        case UInt8(ascii: "."): return !ByteKind.isDigit(text.byte(index - 2))
        case UInt8(ascii: "-"): return !ByteKind.isAlphanumeric(text.byte(index - 2))
        default: return true
        }
    }

    private static func mayEnd(_ text: Span<UInt8>, _ index: Int) -> Bool {
        let next = text.byte(index)
        switch next {
        case _ where ByteKind.isWord(next): return false
        case UInt8(ascii: "."): return !ByteKind.isDigit(text.byte(index + 1))
        case UInt8(ascii: "-"): return !ByteKind.isAlphanumeric(text.byte(index + 1))
        default: return true
        }
    }

    private static func end(of groups: [Int], _ text: Span<UInt8>, _ start: Int, _ separator: [UInt8]) -> Int? {
        var index = start
        for (place, length) in groups.enumerated() {
            if place > 0 {
                guard text.has(separator, at: index) else { return nil }
                index += separator.count
            }
            let end = text.end(of: index, limit: length + 1, ByteKind.isDigit)
            guard end - index == length else { return nil }
            index = end
        }
        return index
    }

    private static func finding(_ text: Span<UInt8>, _ range: Range<Int>) -> Finding? {
        guard mayEnd(text, range.upperBound) else { return nil }
        let digits = text.bytes(range).filter(ByteKind.isDigit)
        guard isCard(digits.map { $0 - 48 }) else { return nil }
        return Finding(range, .card, canonical: digits)
    }

    private static func isCard(_ digits: [UInt8]) -> Bool {
        guard (14...19).contains(digits.count) else { return false }
        let prefix = digits.prefix(6).reduce(0) { $0 * 10 + Int($1) }
        return isIssued(prefix, length: digits.count) && hasLuhnDigit(digits)
    }

    /// Whether an issuer has the range; `prefix` is the first six digits.
    private static func isIssued(_ prefix: Int, length: Int) -> Bool {
        let (two, three, four) = (prefix / 10_000, prefix / 1_000, prefix / 100)
        switch length {
        // Diners Club
        case 14: return (300...305).contains(three) || [36, 38, 39].contains(two)
        // American Express
        case 15: return two == 34 || two == 37
        // Visa, Mastercard, Discover, JCB, UnionPay, Maestro, Mir
        case 16:
            return prefix / 100_000 == 4 || (51...55).contains(two) || (2221...2720).contains(four) || four == 6011
                || (644...649).contains(three) || [50, 56, 57, 58, 62, 63, 65, 67].contains(two)
                || (3528...3589).contains(four) || (2200...2204).contains(four)
        case 17, 18: return two == 62 || [50, 56, 57, 58, 63, 67].contains(two)
        default: return prefix / 100_000 == 4 || [50, 56, 57, 58, 62, 63, 67].contains(two)
        }
    }

    /// Luhn's formula (US patent 2,950,048; ISO/IEC 7812-1, annex B).
    private static func hasLuhnDigit(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = place % 2 == 1 ? Int(digit) * 2 : Int(digit)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}
