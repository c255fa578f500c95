extension JSONSchema {
    /// One checked subschema. Other nodes are named by their index in ``JSONSchema/nodes``.
    ///
    /// Exactly one form holds:
    /// - `reference` is set: the node is that other node;
    /// - `alternatives` isn't empty: a value fits when it fits one of those nodes;
    /// - `values` is set: a value fits when it equals one of them (those that break another keyword are left out);
    /// - otherwise `types` says which types fit, and the other members what holds for a value of each type.
    public struct Node: Hashable, Sendable {
        /// Where the subschema stands in the schema.
        public let pointer: JSONPointer
        /// The types that fit; all of them where the schema has no `type`.
        public var types: TypeSet = .any
        /// What `enum` and `const` leave.
        public var values: [JSONValue]?
        /// The members of an object in the schema's order. Each required name is among them.
        public var properties: [Property] = []
        /// The other members of an object.
        public var additionalProperties: AdditionalProperties = .unspecified
        /// The node of an array's elements; anything where it is `nil`.
        public var items: Int?
        /// The least number of elements.
        public var minItems = 0
        /// The greatest number of elements.
        public var maxItems: Int?
        /// The least length of a string in code points.
        public var minLength = 0
        /// The greatest length of a string in code points.
        public var maxLength: Int?
        /// What a string must match somewhere.
        public var pattern: StringPattern?
        /// The least number, itself allowed.
        public var minimum: JSONNumber?
        /// The greatest number, itself allowed.
        public var maximum: JSONNumber?
        /// The nodes of `anyOf`.
        public var alternatives: [Int] = []
        /// The node that `$ref` names.
        public var reference: Int?

        init(pointer: JSONPointer) {
            self.pointer = pointer
        }
    }

    /// A named member of an object.
    public struct Property: Hashable, Sendable {
        /// The member's key.
        public let name: String
        /// The node of its value.
        public let node: Int
        /// Whether the member must be there.
        public let isRequired: Bool
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
