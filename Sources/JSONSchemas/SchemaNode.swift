extension JSONSchema {
    /// One checked subschema: a value fits when all that the members say holds. Other nodes are named by their index in
    /// ``JSONSchema/nodes``.
    ///
    /// Members about one type say nothing about values of other types. A member at its default says nothing at all.
    public struct Node: Hashable, Sendable {
        /// Where the subschema stands in the schema.
        public let pointer: JSONPointer
        /// Whether this is the schema `false`, which no value fits.
        public var isFalse = false
        /// The types that fit; all of them where the schema has no `type`.
        public var types: TypeSet = .any
        /// What `enum` and `const` list, each value once.
        public var values: [JSONValue]?

        /// The described members of an object, in the schema's order.
        public var properties: [Property] = []
        /// The names of members that an object must have, described or not.
        public var required: [String] = []
        /// Members whose name matches a pattern. One member can match several, and be among `properties` as well.
        public var patternProperties: [PatternProperty] = []
        /// The members that neither `properties` nor `patternProperties` describes.
        public var additionalProperties: AdditionalProperties = .unspecified
        /// The node that each member's name fits, as a string.
        public var propertyNames: Int?
        /// The least number of members.
        public var minProperties = 0
        /// The greatest number of members.
        public var maxProperties: Int?
        /// Members that need others beside them.
        public var dependentRequired: [DependentRequired] = []
        /// The nodes that an object fits as a whole when it has a member of that name.
        public var dependentSchemas: [Property] = []
        /// The node for members that no keyword here or in an applied subschema has looked at.
        public var unevaluatedProperties: Int?

        /// The nodes of an array's first elements.
        public var prefixItems: [Int] = []
        /// The node of the elements behind `prefixItems`; anything where it is `nil`.
        public var items: Int?
        /// The node that at least `minContains` and at most `maxContains` elements fit.
        public var contains: Int?
        /// Whether `unevaluatedItems` leaves out the elements that fit `contains`: in 2020-12 it does, in 2019-09 not.
        public var countsContainedAsSeen = false
        /// The least number of elements that fit `contains`.
        public var minContains = 1
        /// The greatest number of elements that fit `contains`.
        public var maxContains: Int?
        /// The least number of elements.
        public var minItems = 0
        /// The greatest number of elements.
        public var maxItems: Int?
        /// Whether no two elements are equal.
        public var uniqueItems = false
        /// The node for elements that no keyword here or in an applied subschema has looked at.
        public var unevaluatedItems: Int?

        /// The least length of a string in code points.
        public var minLength = 0
        /// The greatest length of a string in code points.
        public var maxLength: Int?
        /// What a string must match somewhere.
        public var pattern: StringPattern?
        /// The form that a string has, where formats are asserted.
        public var format: StringFormat?

        /// The least number, itself allowed.
        public var minimum: JSONNumber?
        /// The greatest number, itself allowed.
        public var maximum: JSONNumber?
        /// What a number is above.
        public var exclusiveMinimum: JSONNumber?
        /// What a number is below.
        public var exclusiveMaximum: JSONNumber?
        /// What a number divides by without rest; above zero.
        public var multipleOf: JSONNumber?

        /// Nodes that all fit.
        public var allOf: [Int] = []
        /// Nodes of which one at least fits; without any, nothing is said.
        public var anyOf: [Int] = []
        /// Nodes of which exactly one fits; without any, nothing is said.
        public var oneOf: [Int] = []
        /// The node that doesn't fit.
        public var not: Int?
        /// The node that decides between `then` and `else`; set only beside one of them.
        public var condition: Int?
        /// What fits when `condition` does.
        public var then: Int?
        /// What fits when `condition` doesn't.
        public var `else`: Int?
        /// The node that `$ref` names, which fits as well.
        public var reference: Int?

        init(pointer: JSONPointer) {
            self.pointer = pointer
        }

        /// Whether an object must have the member `name`.
        public func isRequired(_ name: String) -> Bool {
            required.contains { $0.hasSameBytes(as: name) }
        }
    }

    /// A named member of an object.
    public struct Property: Hashable, Sendable {
        /// The member's key.
        public let name: String
        /// The node of its value; in `dependentSchemas`, of the whole object.
        public let node: Int
    }

    /// Members of an object whose names match.
    public struct PatternProperty: Hashable, Sendable {
        /// What the name matches somewhere.
        public let pattern: StringPattern
        /// The node of their values.
        public let node: Int
    }

    /// A member that needs others beside it.
    public struct DependentRequired: Hashable, Sendable {
        /// The member's key.
        public let name: String
        /// The names that must be there as well.
        public let required: [String]
    }

    /// What holds for members that `properties` doesn't name.
    public enum AdditionalProperties: Hashable, Sendable {
        /// The keyword is absent: they may be there. A generator needn't offer them.
        case unspecified
        /// `true`: they may be there.
        case open
        /// `false`: they mustn't be there.
        case closed
        /// Their values fit this node.
        case schema(Int)
    }

    /// A set of JSON types.
    public struct TypeSet: OptionSet, Hashable, Sendable {
        /// One bit a type.
        public let rawValue: UInt8

        /// The set with these bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// `null`
        public static let null = TypeSet(rawValue: 1)
        /// `true` and `false`
        public static let boolean = TypeSet(rawValue: 2)
        /// Numbers without fraction, `1.0` among them. Not set beside ``number``.
        public static let integer = TypeSet(rawValue: 4)
        /// All numbers.
        public static let number = TypeSet(rawValue: 8)
        /// Strings.
        public static let string = TypeSet(rawValue: 16)
        /// Arrays.
        public static let array = TypeSet(rawValue: 32)
        /// Objects.
        public static let object = TypeSet(rawValue: 64)
        /// Everything.
        public static let any: TypeSet = [.null, .boolean, .number, .string, .array, .object]

        static let named: [(name: String, type: TypeSet)] = [
            ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number),
            ("string", .string),
            ("array", .array), ("object", .object),
        ]

        /// The names of the types as schemas write them.
        public var names: [String] {
            Self.named.filter { contains($0.type) }.map(\.name)
        }
    }
}
