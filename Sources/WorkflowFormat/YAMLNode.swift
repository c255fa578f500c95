import JSONSchemas

/// A YAML value that knows where it stands.
struct YAMLNode {
    indirect enum Kind {
        /// A scalar and the value that YAML 1.2's core schema gives it: only plain scalars are anything but strings.
        case scalar(text: String, value: JSONValue)
        case sequence([YAMLNode])
        case mapping([YAMLMember])
    }

    let kind: Kind
    let position: SourcePosition

    /// What the node is, for a message.
    var kindName: String {
        switch kind {
        case .scalar(_, .null): "empty"
        case .scalar(_, .bool): "a boolean"
        case .scalar(_, .integer), .scalar(_, .number): "a number"
        case .scalar: "a string"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The value without the positions.
    var json: JSONValue {
        switch kind {
        case .scalar(_, let value): return value
        case .sequence(let elements): return .array(elements.map(\.json))
        case .mapping(let members): return .object(JSONObject(members.map { ($0.name, $0.value.json) }))
        }
    }

    /// The place of every key and element below, by pointer. A key's place is that of the key itself.
    func positions(at pointer: JSONPointer = JSONPointer()) -> [JSONPointer: SourcePosition] {
        var positions = [pointer: position]
        func add(_ node: YAMLNode, at pointer: JSONPointer) {
            switch node.kind {
            case .scalar: break
            case .sequence(let elements):
                for (index, element) in elements.enumerated() {
                    positions[pointer.appending(index)] = element.position
                    add(element, at: pointer.appending(index))
                }
            case .mapping(let members):
                for member in members {
                    positions[pointer.appending(member.name)] = member.namePosition
                    add(member.value, at: pointer.appending(member.name))
                }
            }
        }
        add(self, at: pointer)
        return positions
    }
}

/// A key and its value.
struct YAMLMember {
    let name: String
    let namePosition: SourcePosition
    let value: YAMLNode
}
