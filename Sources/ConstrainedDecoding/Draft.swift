import JSONSchemas

/// The JSON types, numbers once.
enum ValueType: UInt8, CaseIterable, Sendable {
    case null, boolean, number, string, array, object

    init(of value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool: .boolean
            case .integer, .number: .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }

    /// The bits of a schema's `type` that let values of this type through.
    var bits: JSONSchema.TypeSet {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .number: [.number, .integer]
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

/// One way for a value of one type to fit a goal: a plain conjunction without applicators.
struct Draft: Sendable {
    /// The booleans that are left: bit 0 `false`, bit 1 `true`.
    var booleans: UInt8 = 3
    var number = NumberDraft()
    var string = StringDraft()
    var array = ArrayDraft()
    var object = ObjectDraft()
}

/// What holds for a number.
struct NumberDraft: Hashable, Sendable {
    var isInteger = false
    var lower: NumberBound?
    var upper: NumberBound?
    var multiples: [JSONNumber] = []
    var nonMultiples: [JSONNumber] = []
    var values: [JSONNumber]?
    var excluded: [JSONNumber] = []

    mutating func raise(to bound: NumberBound) {
        guard let lower, lower.value > bound.value || (lower.value == bound.value && lower.isExclusive) else {
            self.lower = bound
            return
        }
    }

    mutating func lower(to bound: NumberBound) {
        guard let upper, upper.value < bound.value || (upper.value == bound.value && upper.isExclusive) else {
            self.upper = bound
            return
        }
    }
}

/// A border of the numbers that fit.
struct NumberBound: Hashable, Sendable {
    var value: JSONNumber
    var isExclusive: Bool
}

/// What holds for a string.
struct StringDraft: Sendable {
    var minLength = 0
    var maxLength: Int?
    var languages: [SignedPattern] = []
    var values: [String]?
    var excluded: [String] = []
    /// Whether other strings than these fit as well, which aren't generated.
    var isNarrowed = false

    var isContradictory: Bool {
        maxLength.map { $0 < minLength } ?? false || values?.isEmpty ?? false
    }
}

/// A pattern that must match, or mustn't.
struct SignedPattern: Hashable, Sendable {
    let pattern: StringPattern
    let isNegative: Bool
}

/// What holds for an array.
struct ArrayDraft: Sendable {
    /// Literals whose `prefixItems` and `items` (or a constant's elements) the elements fit.
    var atoms: [Literal] = []
    var minItems = 0
    var maxItems: Int?
    var isUnique = false
    var isNotUnique = false
    /// What the element at a position must fit beside the atoms.
    var placed: [(position: Int, literal: Literal)] = []
    /// How many elements must fit a literal.
    var counted: [(literal: Literal, minimum: Int, maximum: Int?)] = []
    /// Literals that some element at or behind a position must fit.
    var wanted: [(start: Int, literal: Literal)] = []
    /// What elements fit that no keyword looked at: `unevaluatedItems`, with the number of elements looked at.
    var rests: [(start: Int, literal: Literal, unless: [Literal])] = []

    var isContradictory: Bool {
        (maxItems.map { $0 < minItems } ?? false) || (isUnique && isNotUnique)
    }
}

/// What holds for an object.
struct ObjectDraft: Sendable {
    /// Where the goals of members come from.
    enum Atom: Sendable {
        /// `properties`, `patternProperties` and `additionalProperties` of a node, or the members of a constant.
        case literal(Literal)
        /// Members but these fit a literal: `unevaluatedProperties`.
        case rest(EvaluatedKeys, Literal)
    }

    /// A member that must be there, whose value must fit a literal where there is one.
    struct Wanted: Sendable {
        var keys: KeyCondition
        var literal: Literal?
    }

    var atoms: [Atom] = []
    var required: [String] = []
    var forbidden: [String] = []
    /// Literals that the values of named members must fit beside the atoms.
    var placed: [(name: String, literal: Literal)] = []
    var minProperties = 0
    var maxProperties: Int?
    /// Literals that each member's name fits.
    var names: [Literal] = []
    var wanted: [Wanted] = []
    /// Nodes whose own words about members must be broken.
    var broken: [Literal] = []
    /// What the object mustn't equal.
    var different: [JSONObject] = []

    mutating func require(_ name: String) {
        if !required.contains(where: { $0.isSame(as: name) }) { required.append(name) }
    }

    mutating func forbid(_ name: String) {
        if !forbidden.contains(where: { $0.isSame(as: name) }) { forbidden.append(name) }
    }

    var isContradictory: Bool {
        if let maxProperties, maxProperties < max(minProperties, required.count) { return true }
        guard !forbidden.isEmpty else { return false }
        return required.contains { name in forbidden.contains { $0.isSame(as: name) } }
    }
}

/// Keys that keywords have looked at.
struct EvaluatedKeys: Sendable {
    var names: [String] = []
    var patterns: [StringPattern] = []
    var isEverything = false
}

/// Which keys a wanted member may have.
enum KeyCondition: Sendable {
    case matches(StringPattern)
    /// Not described by `properties` or `patternProperties` of a node or constant.
    case undescribed(Literal)
    case unevaluated(EvaluatedKeys)
    /// The key doesn't fit a literal.
    case unfit(Literal)
}

extension String {
    /// Swift's `==` holds for canonically equivalent texts as well.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
