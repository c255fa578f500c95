/// A JSON Schema of the enforceable subset, parsed and checked once.
///
/// | keyword | support |
/// | --- | --- |
/// | `type`, `enum`, `const` | full; a list of types too. Listed values that break another keyword are dropped |
/// | `properties`, `required`, `additionalProperties` | full |
/// | `items`, `minItems`, `maxItems` | full; one schema for all elements |
/// | `minLength`, `maxLength` | full, in code points |
/// | `pattern` | the regular subset that ``StringPattern`` lists |
/// | `minimum`, `maximum` | full, exact across integers and doubles |
/// | `anyOf` | full, without siblings |
/// | `$ref` | local (`#`, `#/$defs/NAME` or another subschema), recursion included, without siblings |
/// | `$defs`, `definitions` | full |
/// | `title`, `description`, `default`, `examples`, `$schema`, `$comment`, `deprecated`, `readOnly`, `writeOnly`, `$id` at the root | ignored, as the specification says |
/// | everything else | refused by name and place |
///
/// `true` and `{}` accept everything. `false` (save as `additionalProperties`) and schemas that no finite value fits are
/// refused.
public struct JSONSchema: Hashable, Sendable {
    /// The schema as it was given.
    public let source: JSONValue
    /// Every subschema.
    public let nodes: [Node]
    /// The index of the node that describes the whole value.
    public let root: Int

    /// Checks a schema.
    public init(_ value: JSONValue) throws(SchemaError) {
        var compiler = SchemaCompiler(document: value)
        source = value
        root = try compiler.compile()
        nodes = compiler.nodes
    }

    /// The node that describes the whole value.
    public var rootNode: Node { self[root] }

    /// The node at `index`, with references followed.
    public subscript(index: Int) -> Node {
        var node = nodes[index]
        // Ends: a chain of references that comes back to itself was refused.
        while let reference = node.reference { node = nodes[reference] }
        return node
    }

    /// Whether both were given alike; the nodes follow from the source.
    public static func == (left: JSONSchema, right: JSONSchema) -> Bool {
        left.source == right.source
    }

    /// Feeds the source to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
    }

    /// The schema that accepts every value.
    public static let anything = JSONSchema(acceptingAnything: ())

    private init(acceptingAnything: Void) {
        source = .bool(true)
        nodes = [Node(pointer: JSONPointer())]
        root = 0
    }
}
