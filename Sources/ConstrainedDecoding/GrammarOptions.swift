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

    /// In which order an object's members come.
    public enum PropertyOrder: Hashable, Sendable {
        /// As the schema first names them, `properties` before `required`, and members it doesn't name behind all others.
        case asSchema
        /// Any; required members and unique keys hold all the same.
        case any
    }

    /// Whether an object has members that its schema neither describes nor forbids.
    public enum AdditionalMembers: Hashable, Sendable {
        /// Only where `additionalProperties` or `patternProperties` speaks of them, where nothing is said of any object
        /// (`{}`), or where no object fits without them.
        case whereMentioned
        /// Wherever the schema allows them.
        case asSchema
    }

    /// How numbers are written.
    public enum NumberForms: Hashable, Sendable {
        /// Whole numbers without a point.
        case plain
        /// Whole numbers with `.0` as well.
        case all
    }

    /// What stands between elements; `spaced` unless told otherwise, as most training data has it.
    public var separators: Separators

    /// In which order members come.
    public var propertyOrder: PropertyOrder

    /// Which members come that the schema doesn't name.
    public var additionalMembers: AdditionalMembers

    /// How numbers are written.
    public var numberForms: NumberForms

    /// The most digits a number has before its point, and the most after it, unless the schema's bounds need more.
    public var numberDigitLimit: Int

    /// The most characters (code points) of a string whose schema has no `maxLength`, and of an additional key.
    public var stringLengthLimit: Int

    /// How deep objects and arrays may nest; matters to recursive schemas only.
    public var nestingLimit: Int

    /// The most automaton states that a pattern, or patterns that meet, may need. More is an error rather than a machine
    /// without memory.
    public var stateLimit: Int

    /// The most cases that one place's combination of `anyOf`, `oneOf`, `not` and the like may come to.
    public var branchLimit: Int

    /// The most steps that taking combinations apart may need until the first byte, and again for each token.
    public var workLimit: Int

    /// Options; each has a default.
    public init(
        separators: Separators = .spaced, propertyOrder: PropertyOrder = .asSchema,
        additionalMembers: AdditionalMembers = .whereMentioned, numberForms: NumberForms = .plain,
        numberDigitLimit: Int = 16, stringLengthLimit: Int = 4096, nestingLimit: Int = 64, stateLimit: Int = 10_000,
        branchLimit: Int = 512, workLimit: Int = 10_000
    ) {
        precondition(numberDigitLimit > 0, "A number has at least 1 digit.")
        precondition(stringLengthLimit > 0, "A string limit below 1 allows only the empty string.")
        precondition(nestingLimit > 0 && nestingLimit < 512, "JSON nested deeper than 511 isn't read back.")
        precondition(stateLimit > 0 && branchLimit > 0 && workLimit > 0, "A grammar needs at least 1 state.")
        self.separators = separators
        self.propertyOrder = propertyOrder
        self.additionalMembers = additionalMembers
        self.numberForms = numberForms
        self.numberDigitLimit = numberDigitLimit
        self.stringLengthLimit = stringLengthLimit
        self.nestingLimit = nestingLimit
        self.stateLimit = stateLimit
        self.branchLimit = branchLimit
        self.workLimit = workLimit
    }
}
