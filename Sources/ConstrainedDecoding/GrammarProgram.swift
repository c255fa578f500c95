/// A compiled grammar: what values, objects and arrays consist of. Immutable; all references are indices.
struct GrammarProgram: Sendable {
    /// One way to write a value.
    enum Alternative: Hashable, Sendable {
        case lexeme(Int)
        case object(Int)
        case array(Int)
    }

    /// A value's alternatives; which of them fit into the nesting limit is decided where the value stands.
    struct Value: Sendable {
        var alternatives: [Alternative] = []
        /// How many containers the flattest instance nests; `Int32.max` if there is none.
        var height: Int32 = .max
    }

    struct Member: Sendable {
        /// The literal `"key": `, and the same behind a comma.
        let firstLiteral: Int32
        let laterLiteral: Int32
        let value: Int32
        let isRequired: Bool
    }

    struct Object: Sendable {
        var members: [Member] = []
        var additional: Int32?
        /// The keys of the members, as they stand between the quotes.
        var declaredKeys: Set<[UInt8]> = []
        var height: Int32 = .max
    }

    struct Array: Sendable {
        var items: Int32
        var minimum: Int32
        var maximum: Int32?
        var height: Int32 = .max
    }

    /// Parts of the output that follow each other.
    enum Part: Sendable {
        case literal(Int32)
        case value(Int32)
    }

    var literals: [[UInt8]] = []
    var lexemes: [Lexeme] = []
    var values: [Value] = []
    var objects: [Object] = []
    var arrays: [Array] = []
    /// The whole output is one of these.
    var sequences: [[Part]] = []

    /// The literals that every grammar has, by index.
    enum Fixed {
        static let openObject: Int32 = 0
        static let closeObject: Int32 = 1
        static let openArray: Int32 = 2
        static let closeArray: Int32 = 3
        static let comma: Int32 = 4
        static let colon: Int32 = 5
        static let quote: Int32 = 6
        static let commaQuote: Int32 = 7
    }

    /// Any string that may be an additional key.
    let keyLexeme: StringLexeme
    let nestingLimit: Int32

    init(options: GrammarOptions) throws(GrammarError) {
        let key = try StringLexeme(
            pattern: nil, minLength: 0, maxLength: options.stringLengthLimit, stateLimit: options.stateLimit)
        guard let key else {
            preconditionFailure("A string limit that is at least 1 leaves keys.")
        }
        keyLexeme = key
        nestingLimit = Int32(options.nestingLimit)
        let comma = options.separators.comma
        for text in ["{", "}", "[", "]", comma, options.separators.colon, "\"", comma + "\""] {
            literals.append(Swift.Array(text.utf8))
        }
    }

    mutating func addLiteral(_ bytes: [UInt8]) -> Int32 {
        literals.append(bytes)
        return Int32(literals.count - 1)
    }
}
