/// A way to make an input that breaks a rule, or one that it allows, from an example that keeps it. A rule's words say which
/// ways fit it, and its polarity what the program has to do with the result.
///
/// The ways are those of syntax testing and boundary-value analysis (Beizer, Software Testing Techniques, 1990, chapters 6
/// and 9).
enum Technique: String, CaseIterable, Sendable {
    /// A closing mark is left out.
    case unclosed
    /// A separator or sign stands twice.
    case doubled
    /// The input ends behind a separator.
    case dangling
    /// A part beside a separator is left out.
    case missing
    /// A character that the rule excludes is put in.
    case character
    /// The same in a comment.
    case comment
    /// A digit of another script stands in a number.
    case digit
    /// White space of another kind stands at the ends.
    case space
    /// Letters have another case.
    case letterCase = "letter case"
    /// A character that the rule names stands at the edges of numbers and words.
    case misplaced
    case leadingZero = "leading zero"
    /// A number is just beyond the limit that the rule gives.
    case boundary
    case repeated
    case lineBreak = "line break"
    /// A separator stands behind the last part.
    case trailing
    /// A carriage return stands for a line's end.
    case carriageReturn = "carriage return"
    /// Something follows on the same line.
    case extra
    /// One side of a separator is empty.
    case empty
    /// A backslash stands before a character that it may not stand before.
    case escape
    /// A number is zero.
    case zero
    /// Spaces stand at the ends of lines.
    case trailingSpace = "trailing space"

    /// What a program has to do with what this technique makes from examples of `rule`; nil where it doesn't fit.
    func expectation(of rule: RuleToTest) -> Bool? {
        let words = rule.quote.lowercased()
        guard fits(words) else { return nil }
        let forbids = rule.polarity == .mustNot
        let allows = rule.polarity == .may
        switch self {
        case .zero: return Self.excludesZero(words, forbids) ? nil : true
        case .trailingSpace: return forbids ? nil : true
        // Beyond a range that is forbidden lies what is allowed.
        case .boundary: return allows || (forbids && words.contains("between")) ? nil : false
        case .trailing, .leadingZero: return allows ? true : forbids ? false : nil
        case .lineBreak:
            if words.contains(/single line|same line|one line/) || (forbids && words.contains("newline")) {
                return false
            }
            return allows && words.contains(/multiple lines|newline/) ? true : nil
        case .letterCase:
            let isFree = words.contains(/insensitive|upper or lower|lower or upper/)
            return allows || isFree ? nil : false
        case .character, .comment:
            if !CharacterRange.limits(in: rule.quote).isEmpty {
                let isExcluding = forbids || words.contains("except")
                return isExcluding && !CharacterRange.excluded(by: rule).isEmpty ? false : nil
            }
            return self == .character && Self.namesOnly(words) ? false : nil
        default: return allows ? nil : false
        }
    }

    /// `only` before what a name or a text may consist of, in one sentence.
    private static func namesOnly(_ words: String) -> Bool {
        // One search behind the first `only`: a pattern for both would look again from each of many.
        words.split(separator: ".").contains { part in
            guard let only = part.firstRange(of: /\bonly\b/) else { return false }
            return part[only.upperBound...].contains(/letters|digits|characters/)
        }
    }

    /// Whether a rule that speaks of zero may be the one that excludes it.
    private static func excludesZero(_ words: String, _ forbids: Bool) -> Bool {
        if words.contains(/non-?zero|(greater|more|larger|higher|other) than zero|above zero|not (be )?zero/) {
            return true
        }
        return forbids && !words.contains(/leading zero|(begin|start) with a zero/)
    }

    private func fits(_ words: String) -> Bool {
        switch self {
        case .unclosed: words.contains(/surround|enclos|bracket|brace|delimit|quotation mark|quotes|parenthes/)
        case .doubled: words.contains(/separat|comma|dot\b|dots\b|equals|sign\b|join|colon|prefix/)
        case .dangling:
            words.contains(
                /follow|preced|at least one|precision|part\b|format|offset|portion|consists|dot\b|joined|separat/)
        case .missing:
            words.contains(/follow|preced|at least one|non-empty|not be empty|part\b|consists|joined|sequence/)
        case .character: words.contains(/character|contain|letters|u\+/)
        case .comment: words.contains("comment")
        case .digit: words.contains(/digit|number|integer|ascii/)
        case .space: words.contains(/whitespace|white space|spaces?\b|blank|indent/)
        case .letterCase: words.contains(/lower.?case|upper.?case|case.?sensitive|capital/)
        case .misplaced: words.contains(/underscore|sign\b|point\b|comma|between|dot\b/)
        case .leadingZero: words.contains(/leading zero|begin with a zero|start with a zero/)
        case .boundary: NumberLimit(in: words) != nil
        case .repeated: words.contains(/more than once|multiple times|twice|redefin|unique|duplicate|already/)
        case .lineBreak: words.contains(/single line|same line|one line|multiple lines|newline/)
        case .trailing: words.contains("comma") && words.contains(/trailing|terminating|after the last/)
        case .carriageReturn: words.contains(/newline|line feed|\blf\b|line end/)
        case .extra: words.contains(/newline|same line|end of/)
        case .empty: words.contains(/empty|unspecified|must have/)
        case .escape: words.contains("escape")
        case .zero: words.contains(/integer part|zero|float/)
        case .trailingSpace: words.contains(/whitespace|trim/)
        }
    }
}
