/// A regular expression as JSON Schema's `pattern` uses it.
///
/// The subset of ECMA-262 (with its `u` flag: code points, not UTF-16 units) whose language is regular, and the
/// leniency of its annex B that schemas rely on:
///
/// | supported | refused |
/// | --- | --- |
/// | literals, `.`, `[...]`, `[^...]`, `\d \D \w \W \s \S` | back-references |
/// | `\p{...}`, `\P{...}`: general categories, common scripts and binary properties | other properties |
/// | `(...)`, `(?:...)`, `(?<name>...)`, alternation | `(?i)` and other flags |
/// | `* + ? {n} {n,} {n,m}`, lazy forms (they accept the same texts) | more than 20,000 states after unfolding |
/// | `^`, `$` as start and end of the text, `\b`, `\B`, `(?=...)`, `(?!...)`, `(?<=...)`, `(?<!...)` | repeated anchors |
/// | `\t \n \r \f \v \0 \cX \xHH \uHHHH \u{H...}`, `\` before punctuation | octal escapes, `\` before other letters |
/// | `{`, `}` and `]` as characters where they begin or end nothing, `[\w-.]` | more than 16,384 bytes |
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
        /// The place from which the expression matches, reading nothing; where negative, from which it doesn't.
        case lookahead(Expression, isNegative: Bool)
        /// The place up to which the expression matches, reading nothing; where negative, up to which it doesn't.
        case lookbehind(Expression, isNegative: Bool)
        /// The place between a letter, digit or `_` and something else (or the text's border); where negative, any other
        /// place.
        case wordBoundary(isNegative: Bool)
    }

    /// Bytes of an expression: far more than any in use has.
    private static let lengthLimit = 16_384

    private let parsed: ParsedPattern

    /// The expression as it was written.
    public var source: String { parsed.source }
    /// The parsed expression.
    public var expression: Expression { parsed.expression }

    /// Parses a regular expression; refuses what the support table refuses.
    public init(parsing source: String) throws(PatternError) {
        guard source.utf8.count <= Self.lengthLimit else {
            throw PatternError(
                pattern: source, offset: 0,
                reason: "it has \(source.utf8.count) bytes, more than \(Self.lengthLimit),")
        }
        var parser = PatternParser(source: source)
        let expression = try parser.parse()
        guard expression.stateCount <= PatternAutomaton.stateLimit else {
            throw PatternError(
                pattern: source, offset: 0,
                reason: "the repetitions unfold to more than \(PatternAutomaton.stateLimit) states")
        }
        parsed = ParsedPattern(source: source, expression: expression)
    }

    /// Whether the expression matches somewhere in `text`.
    /// - Complexity: O(*n* * *m*) for *n* code points and *m* states; there is no backtracking. The first call builds
    ///   the states.
    public func matches(_ text: String) -> Bool {
        parsed.automaton.matches(text)
    }

    /// Characters (Unicode scalars) that a match of ``ranges(in:)`` has at most.
    public static let matchLengthLimit = 256

    /// Where the expression matches in `text`, in bytes of its UTF-8: from the left, each match as long as it can be up to
    /// ``matchLengthLimit``, none empty and none overlapping another.
    /// - Complexity: O(*n* * *m*) for *n* code points and *m* states, times ``matchLengthLimit`` at worst; there is no
    ///   backtracking.
    public func ranges(in text: String) -> [Range<Int>] {
        parsed.automaton.ranges(in: text, lengthLimit: Self.matchLengthLimit)
    }

    /// How many states the expression unfolds to: what a character can cost at most.
    public var stateCount: Int { parsed.automaton.stateCount }

    /// The expression as it was written.
    public var description: String { source }

    /// Whether both were written alike.
    public static func == (left: StringPattern, right: StringPattern) -> Bool {
        left.parsed === right.parsed || left.source.hasSameBytes(as: right.source)
    }

    /// Feeds the source to `hasher`.
    public func hash(into hasher: inout Hasher) {
        source.hashBytes(into: &hasher)
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
