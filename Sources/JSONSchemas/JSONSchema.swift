/// A JSON Schema of draft 4, 6, 7, 2019-09 or 2020-12, parsed and checked once.
///
/// The draft is the one that `$schema` names, else the options' (2020-12). What is enforced:
///
/// | keyword | support | departures |
/// | --- | --- | --- |
/// | `type`, `enum`, `const` | full | `1.0` is an integer in draft 4 too |
/// | `properties`, `required`, `additionalProperties`, `patternProperties`, `propertyNames` | full | |
/// | `minProperties`, `maxProperties` | full | counts above 268,435,456 are read as that |
/// | `dependentRequired`, `dependentSchemas` | full, from 2019-09 on | |
/// | `dependencies` | full, up to draft 7 | read as well where the schema doesn't name its draft |
/// | `items`, `minItems`, `maxItems`, `uniqueItems`, `contains` | full | counts as above |
/// | `prefixItems` | full, in 2020-12 | refused beside a list in `items` |
/// | `additionalItems` | full, beside a list in `items` | such a list is read in 2020-12 too where the schema doesn't name its draft |
/// | `minContains`, `maxContains` | full, from 2019-09 on | counts as above |
/// | `minLength`, `maxLength` | full | in code points; counts as above |
/// | `pattern` | full | but for what ``StringPattern`` refuses, such as back-references |
/// | `format` | full | asserted unless the options say otherwise, by the forms that ``StringFormat`` lists; others fit any string and are listed in ``warnings`` |
/// | `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf` | full | on exact decimals; numbers of more than 17 digits are rounded to doubles when they are parsed |
/// | `allOf`, `anyOf`, `oneOf`, `not`, `if`, `then`, `else` | full | |
/// | `unevaluatedProperties`, `unevaluatedItems` | full, from 2019-09 on | what fits `contains` counts as looked at in 2020-12, not in 2019-09 |
/// | `$ref` | full, within the document | alone up to draft 7, beside others from 2019-09 on |
/// | `$dynamicRef` | full, in 2020-12, within the document | |
/// | `$recursiveRef` | part, in 2019-09 | refused where it could mean several schemas |
/// | `$id`, `$anchor`, `$dynamicAnchor`, `$defs`, `definitions` | full | a definition is read when a reference leads to it |
/// | `$schema` | full | other addresses than the drafts' are refused, and so is every `$vocabulary` of one's own |
/// | `title`, `description`, `default`, `examples`, `$comment`, `deprecated`, `readOnly`, `writeOnly` | none | remarks |
/// | `contentEncoding`, `contentMediaType`, `contentSchema` | none | remarks, as the specification says |
/// | everything else | none | unknown words are remarks, as the specification says; ``firstKeywordBeyondMembers`` finds them |
///
/// Refused with place and reason: values of the wrong kind, references that lead out of the document, nowhere, or back to
/// themselves with nothing between, and schemas beyond the limits (128 levels, 100,000 subschemas, 500 schemas for one
/// value, addresses of 2,000 bytes).
public struct JSONSchema: Hashable, Sendable {
    /// The schema as it was given.
    public let source: JSONValue
    /// How it was read.
    public let options: Options
    /// The draft that `$schema` names, or the options'.
    public let draft: Draft
    /// Every subschema that a value can meet.
    public let nodes: [Node]
    /// The index of the node that describes the whole value.
    public let root: Int
    /// What was let pass but may not do what the author meant.
    public let warnings: [Warning]

    /// Checks a schema.
    public init(_ value: JSONValue, options: Options = Options()) throws(SchemaError) {
        var compiler = SchemaCompiler(document: value, options: options)
        try compiler.compile()
        source = value
        self.options = options
        draft = compiler.draft
        nodes = compiler.nodes
        root = 0
        warnings = compiler.warnings
    }

    /// The greatest count that a node holds: greater ones of `maxLength` and its kin are read as this one, which keeps
    /// sums of counts far from the ends of 32 bits.
    public static let countLimit = 1 << 28

    /// The node that describes the whole value.
    public var rootNode: Node { self[root] }

    /// The node at `index`. Where it is nothing but a reference, the node that this leads to.
    public subscript(index: Int) -> Node {
        var index = index
        // Ends: a chain of references that comes back to itself was refused.
        while let target = nodes[index].reference, nodes[index].isBareReference { index = target }
        return nodes[index]
    }

    /// Whether both were given alike; the nodes follow from the source.
    public static func == (left: JSONSchema, right: JSONSchema) -> Bool {
        left.source == right.source && left.options == right.options
    }

    /// Feeds the source to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(options)
    }

    /// The schema that accepts every value.
    public static let anything = JSONSchema(acceptingAnything: ())

    private init(acceptingAnything: Void) {
        source = .bool(true)
        options = Options()
        draft = options.draft
        nodes = [Node(pointer: JSONPointer())]
        root = 0
        warnings = []
    }
}
