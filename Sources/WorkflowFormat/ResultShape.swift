import JSONSchemas

/// What is known about a value before the run: enough to say that a reference's path leads nowhere.
indirect enum ResultShape: Sendable {
    /// Nothing is known.
    case anything
    /// A value without members, such as `a string`.
    case scalar(String)
    /// An object with these members and no others.
    case object([(name: String, shape: ResultShape)])
    /// A list of such elements.
    case list(ResultShape)
    /// What a schema's node says.
    case schema(JSONSchema, node: Int)

    /// Why a path leads nowhere.
    enum Miss: Error {
        /// These are the members that there are.
        case noSuchMember(known: [String])
        /// The value has no members or elements at all.
        case notReachable(String)
    }

    /// The shape of a value that fits `schema`.
    static func value(of schema: JSONSchema) -> ResultShape {
        .schema(schema, node: schema.root)
    }

    /// The shape one move further.
    func stepped(_ component: Reference.PathComponent) throws(Miss) -> ResultShape {
        switch self {
        case .anything: return .anything
        case .scalar(let name): throw .notReachable("is \(name)")
        case .object(let members):
            guard case .key(let key) = component else { throw .notReachable("is an object, not a list") }
            guard let member = members.first(where: { $0.name == key }) else {
                throw .noSuchMember(known: members.map(\.name))
            }
            return member.shape
        case .list(let element):
            guard case .index = component else {
                throw .notReachable("is a list: take an element with `[0]`, or go through it with `for_each`")
            }
            return element
        case .schema(let schema, let node):
            return try Self.step(schema, schema[node], component)
        }
    }

    private static func step(
        _ schema: JSONSchema, _ node: JSONSchema.Node, _ component: Reference.PathComponent
    ) throws(Miss) -> ResultShape {
        guard node.anyOf.isEmpty else {
            var known: [String] = []
            for alternative in node.anyOf {
                do {
                    return try step(schema, schema[alternative], component)
                } catch {
                    if case .noSuchMember(let names) = error { known += names }
                }
            }
            throw known.isEmpty
                ? .notReachable("is neither an object nor a list") : .noSuchMember(known: known)
        }
        guard node.values == nil else { return .anything }
        switch component {
        case .key(let key):
            guard node.types.contains(.object) else {
                throw .notReachable(node.types.contains(.array) ? "is a list" : "is no object")
            }
            if let property = node.properties.first(where: { $0.name == key }) {
                return .schema(schema, node: property.node)
            }
            switch node.additionalProperties {
            case .schema(let other): return .schema(schema, node: other)
            case .open: return .anything
            // A tool or a step that lists its members means that list.
            case .unspecified where node.properties.isEmpty: return .anything
            case .unspecified, .closed: throw .noSuchMember(known: node.properties.map(\.name))
            }
        case .index:
            guard node.types.contains(.array) else { throw .notReachable("is no list") }
            return node.items.map { .schema(schema, node: $0) } ?? .anything
        }
    }

    /// The shape of an element, when the value can be a list.
    var element: ResultShape? {
        switch self {
        case .anything: .anything
        case .list(let element): element
        case .scalar, .object: nil
        case .schema: try? stepped(.index(0))
        }
    }

    /// The strings and other literals a value can be, when a schema lists them.
    var knownValues: [JSONValue]? {
        guard case .schema(let schema, let node) = self else { return nil }
        return schema[node].values
    }

    /// The same shape with more members, for results that carry a note about how they came to be.
    func adding(_ names: [String]) -> ResultShape {
        guard case .schema(let schema, let node) = self, !schema[node].properties.isEmpty else { return self }
        let additional = schema[node].additionalProperties
        guard additional == .closed || additional == .unspecified else { return self }
        return .object(
            schema[node].properties.map { ($0.name, .schema(schema, node: $0.node)) }
                + names.map { ($0, .anything) })
    }

    /// The item of `for_each: { segments: ... }`.
    static let segment = ResultShape.object([
        ("index", .scalar("a number")), ("text", .scalar("a string")), ("byte_start", .scalar("a number")),
        ("byte_end", .scalar("a number")), ("section", .scalar("a string")), ("before", .scalar("a string")),
        ("example", .scalar("a string")), ("source", .scalar("a string")),
        ("source_sha256", .scalar("a string")),
        ("normative", .scalar("a string")),
    ])
}
