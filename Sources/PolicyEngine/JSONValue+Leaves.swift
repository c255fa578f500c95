import JSONSchemas

extension JSONValue {
    /// The scalars in it that are not null, without the names of members.
    var scalars: [JSONValue] {
        switch self {
        case .null: []
        case .array(let elements): elements.flatMap(\.scalars)
        case .object(let members): members.flatMap(\.value.scalars)
        default: [self]
        }
    }

    /// Everything in it that somebody chose: the scalars that are not null, and the names of members. An object always
    /// has a leaf, so that one that holds only nulls doesn't pass for nothing: then it is null.
    var leaves: [JSONValue] { leaves(at: [], in: nil) }

    /// The same for the value of `argument`, without the names that the tool's schema lists: those are the tool's own
    /// words, whoever made the call.
    func leaves(of argument: String, in schema: JSONSchema) -> [JSONValue] {
        switch self {
        case .array, .object: leaves(at: schema.members(argument, of: [schema.root]), in: schema)
        default: leaves
        }
    }

    private func leaves(at places: [Int], in schema: JSONSchema?) -> [JSONValue] {
        switch self {
        case .null: return []
        case .array(let elements):
            let below = schema?.elements(of: places) ?? []
            return elements.flatMap { $0.leaves(at: below, in: schema) }
        case .object(let members):
            guard !members.isEmpty else { return [] }
            var found: [JSONValue] = []
            for (name, value) in members {
                let below = schema?.members(name, of: places) ?? []
                if below.isEmpty { found.append(.string(name)) }
                found += value.leaves(at: below, in: schema)
            }
            return found.isEmpty ? [.null] : found
        default: return [self]
        }
    }

    /// The strings in it, member names included: they reach the sink as well.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap { [$0.key] + $0.value.texts }
        default: []
        }
    }
}

extension JSONSchema {
    /// The nodes of the member `name` of objects that fit one of `places`; empty where no schema lists it.
    fileprivate func members(_ name: String, of places: [Int]) -> [Int] {
        places.flatMap(spread).flatMap { node in node.properties.filter { $0.name == name }.map(\.node) }
    }

    /// The nodes of the elements of arrays that fit one of `places`.
    fileprivate func elements(of places: [Int]) -> [Int] {
        places.flatMap(spread).compactMap(\.items)
    }

    /// The node with references followed and `anyOf` spread out.
    private func spread(_ index: Int) -> [Node] {
        let node = self[index]
        return node.anyOf.isEmpty ? [node] : node.anyOf.flatMap(spread)
    }
}
