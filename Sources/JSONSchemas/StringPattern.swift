/// A regular expression as JSON Schema's `pattern` uses it.
///
/// The subset of ECMA-262 (with its `u` flag: code points, not UTF-16 units) whose language is regular:
///
/// | supported | refused |
/// | --- | --- |
/// | literals, `.`, `[...]`, `[^...]`, `\d \D \w \W \s \S` | `\p{...}`, `\b`, `\B` |
/// | `(...)`, `(?:...)`, `(?<name>...)`, alternation | look-around, back-references |
/// | `* + ? {n} {n,} {n,m}`, lazy forms (they accept the same texts) | more than 20,000 states after unfolding |
/// | `^`, `$` as start and end of the text | |
/// | `\t \n \r \f \v \0 \xHH \uHHHH \u{H...}`, `\` before punctuation | `\cX`, `\` before other letters |
///
/// A text matches when the expression matches anywhere in it; anchor it with `^...$` to match the whole text.
public struct StringPattern: Hashable, Sendable, CustomStringConvertible {
    /// One piece of a regular expression.
    public indirect enum Expression: Hashable, Sendable {
        /// Any one code point of a set, which may be empty.
        case scalar(ScalarSet)
        /// All of these, one after the other; without any, the empty text.
        case sequence([Expression])
        /// One of these.
        case alternation([Expression])
        /// The expression at least `minimum` and at most `maximum` times.
        case repetition(Expression, minimum: Int, maximum: Int?)
        /// The start of the text.
        case start
        /// The end of the text.
        case end
    }

    /// The expression as it was written.
    public let source: String
    /// The parsed expression.
    public let expression: Expression

    private let automaton: PatternAutomaton

    /// Parses a regular expression; refuses what the support table refuses.
    public init(parsing source: String) throws(PatternError) {
        var parser = PatternParser(source: source)
        let expression = try parser.parse()
        self.source = source
        self.expression = expression
        self.automaton = try PatternAutomaton(expression, source: source)
    }

    /// Whether the expression matches somewhere in `text`.
    /// - Complexity: O(*n* * *m*) for *n* code points and *m* states; there is no backtracking.
    public func matches(_ text: String) -> Bool {
        automaton.matches(text)
    }

    /// Characters (Unicode scalars) that a match of ``ranges(in:)`` has at most.
    public static let matchLengthLimit = 256

    /// Where the expression matches in `text`, in bytes of its UTF-8: from the left, each match as long as it can be up to
    /// ``matchLengthLimit``, none empty and none overlapping another.
    /// - Complexity: O(*n* * *m*) for *n* code points and *m* states, times ``matchLengthLimit`` at worst; there is no
    ///   backtracking.
    public func ranges(in text: String) -> [Range<Int>] {
        automaton.ranges(in: text, lengthLimit: Self.matchLengthLimit)
    }

    /// How many states the expression unfolds to: what a character can cost at most.
    public var stateCount: Int { automaton.stateCount }

    /// The expression as it was written.
    public var description: String { source }

    /// Whether both were written alike.
    public static func == (left: StringPattern, right: StringPattern) -> Bool {
        left.source.hasSameBytes(as: right.source)
    }

    /// Feeds the source to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
    }
}

/// A regular expression that can't be used.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The expression.
    public let pattern: String
    /// Which code point is at fault, counted from 0.
    public let offset: Int
    /// What is wrong.
    public let reason: String

    /// One sentence.
    public var description: String {
        "Can't parse pattern `\(pattern)`: \(reason) at character \(offset + 1)."
    }
}
