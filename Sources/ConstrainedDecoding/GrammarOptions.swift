/// How a grammar writes what the schema leaves open, and its limits.
public struct GrammarOptions: Hashable, Sendable {
    /// What stands between the elements of a JSON document. No other whitespace is ever generated.
    public enum Separators: Hashable, Sendable {
        /// `", "` and `": "`.
        case spaced
        /// `","` and `":"`.
        case compact

        var comma: String { self == .spaced ? ", " : "," }
        var colon: String { self == .spaced ? ": " : ":" }
    }

    /// What stands between elements; `spaced` unless told otherwise, as most training data has it.
    public var separators: Separators

    /// The most digits a number has before its point, and the most after it, unless the schema's bounds need more.
    public var numberDigitLimit: Int

    /// The most characters (code points) of a string whose schema has no `maxLength`, and of an additional key.
    public var stringLengthLimit: Int

    /// How deep objects and arrays may nest; matters to recursive schemas only.
    public var nestingLimit: Int

    /// The most automaton states that one pattern may need, and the most values a grammar may have. More is an error
    /// at compile time rather than a machine without memory.
    public var stateLimit: Int

    /// Options; each has a default.
    public init(
        separators: Separators = .spaced, numberDigitLimit: Int = 16, stringLengthLimit: Int = 4096,
        nestingLimit: Int = 64, stateLimit: Int = 10_000
    ) {
        precondition(numberDigitLimit > 0, "A number has at least 1 digit.")
        precondition(stringLengthLimit > 0, "A string limit below 1 allows only the empty string.")
        precondition(nestingLimit > 0 && nestingLimit < 512, "JSON nested deeper than 511 isn't read back.")
        precondition(stateLimit > 0, "A grammar needs at least 1 state.")
        self.separators = separators
        self.numberDigitLimit = numberDigitLimit
        self.stringLengthLimit = stringLengthLimit
        self.nestingLimit = nestingLimit
        self.stateLimit = stateLimit
    }
}
