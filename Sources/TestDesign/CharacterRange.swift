/// The characters at the limits of the ranges that a rule names, `U+0000 to U+0008` for instance.
enum CharacterRange {
    /// The limits of what `rule` excludes: behind an `except` where it allows, and before one where it forbids.
    static func excluded(by rule: RuleToTest) -> [Unicode.Scalar] {
        guard let except = rule.quote.firstRange(of: /\bexcept\b/.ignoresCase()) else { return limits(in: rule.quote) }
        let isForbidding = rule.polarity == .mustNot
        return limits(
            in: String(isForbidding ? rule.quote[..<except.lowerBound] : rule.quote[except.upperBound...]))
    }

    /// The limits in the order of the text, without those that a line may hold anyway and those that no text can.
    static func limits(in quote: String) -> [Unicode.Scalar] {
        var found: [Unicode.Scalar] = []
        for match in quote.matches(of: /(?:U\+|0x)([0-9A-Fa-f]{2,6})/) {
            guard let value = UInt32(match.output.1, radix: 16), value != 0x09, value != 0x0A,
                let scalar = Unicode.Scalar(value), !found.contains(scalar)
            else { continue }
            found.append(scalar)
        }
        return found
    }
}
