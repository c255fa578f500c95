/// The names by which the parts of one document can be referred to: addresses of embedded schemas, and anchors.
struct AddressIndex {
    /// A schema with an address of its own.
    struct Place {
        let pointer: JSONPointer
        let draft: JSONSchema.Draft
    }

    /// Schemas with an address of their own, by it.
    private(set) var resources: [ExactText: Place] = [:]
    /// Anchors, by the address they belong to.
    private(set) var anchors: [ExactText: [ExactText: JSONPointer]] = [:]
    /// How many schemas have a dynamic anchor of that name.
    private(set) var dynamicAnchors: [ExactText: Int] = [:]
    /// Dynamic anchors, by the address they belong to.
    private(set) var dynamicPlaces: [ExactText: Set<ExactText>] = [:]
    private(set) var hasRecursiveAnchor = false

    init(document: JSONValue, address: String, draft: JSONSchema.Draft) {
        resources[ExactText(address)] = Place(pointer: JSONPointer(), draft: draft)
        add(document, at: JSONPointer(), address: address, draft: draft, depth: 0)
    }

    /// Where the anchor `name` of the schema with that address stands.
    func anchor(_ name: String, of address: String) -> JSONPointer? {
        anchors[ExactText(address)]?[ExactText(name)]
    }

    /// Whether the schema with that address has a dynamic anchor of that name.
    func hasDynamicAnchor(_ name: String, _ address: String) -> Bool {
        dynamicPlaces[ExactText(address)]?.contains(ExactText(name)) ?? false
    }

    private mutating func add(
        _ schema: JSONValue, at pointer: JSONPointer, address outer: String, draft outerDraft: JSONSchema.Draft,
        depth: Int
    ) {
        guard case .object(let members) = schema, depth <= SchemaCompiler.depthLimit else { return }
        var address = outer
        var draft = outerDraft
        if draft.readsReferenceSiblings || members["$ref"] == nil {
            if let text = members[draft.addressKeyword]?.stringValue {
                if draft < .draft2019, text.utf8.first == UInt8(ascii: "#") {
                    anchors[ExactText(address), default: [:]][ExactText(String(text.dropFirst()))] = pointer
                } else if !pointer.tokens.isEmpty {
                    address = URIReference(text).resolved(against: URIReference(outer)).address
                    // Compiling it is refused; nothing inside can be referred to by its address.
                    guard address.utf8.count <= SchemaCompiler.addressLimit else { return }
                    if let own = members["$schema"]?.stringValue.flatMap({ JSONSchema.Draft(metaschema: $0) }) {
                        draft = own
                    }
                    let key = ExactText(address)
                    if resources[key] == nil { resources[key] = Place(pointer: pointer, draft: draft) }
                }
            }
            if draft >= .draft2019, let name = members["$anchor"]?.stringValue {
                anchors[ExactText(address), default: [:]][ExactText(name)] = pointer
            }
            if draft == .draft2020, let name = members["$dynamicAnchor"]?.stringValue {
                anchors[ExactText(address), default: [:]][ExactText(name)] = pointer
                dynamicPlaces[ExactText(address), default: []].insert(ExactText(name))
                dynamicAnchors[ExactText(name), default: 0] += 1
            }
            if draft == .draft2019, members["$recursiveAnchor"] == .bool(true) { hasRecursiveAnchor = true }
        }
        for (name, value) in members {
            guard let content = SchemaKeyword.content(of: name) else { continue }
            let place = pointer.appending(name)
            switch (content, value) {
            case (.schema, .object), (.schemaOrList, .object):
                add(value, at: place, address: address, draft: draft, depth: depth + 1)
            case (.list, .array(let schemas)), (.schemaOrList, .array(let schemas)):
                for (index, schema) in schemas.enumerated() {
                    add(schema, at: place.appending(index), address: address, draft: draft, depth: depth + 1)
                }
            case (.members, .object(let schemas)), (.membersOrNames, .object(let schemas)):
                for (key, schema) in schemas {
                    add(schema, at: place.appending(key), address: address, draft: draft, depth: depth + 1)
                }
            default: break
            }
        }
    }
}
