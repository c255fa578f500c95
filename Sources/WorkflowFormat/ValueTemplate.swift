public import JSONSchemas

/// A value of the workflow file in which references stand for what is known only at run time.
public indirect enum ValueTemplate: Hashable, Sendable {
    /// A value without references.
    case literal(JSONValue)
    /// Exactly one reference: the value itself, whatever its type.
    case reference(Reference)
    /// Text around references.
    case text([TextPart])
    /// A list of templates.
    case array([ValueTemplate])
    /// Named templates.
    case object([(name: String, value: ValueTemplate)])

    /// A piece of a text with references.
    public enum TextPart: Hashable, Sendable {
        /// The text as it stands.
        case literal(String)
        /// A reference whose value is written here.
        case reference(Reference)
    }

    /// Every reference, in the order of the file.
    public var references: [Reference] {
        switch self {
        case .literal: []
        case .reference(let reference): [reference]
        case .text(let parts):
            parts.compactMap { part in
                if case .reference(let reference) = part { reference } else { nil }
            }
        case .array(let elements): elements.flatMap(\.references)
        case .object(let members): members.flatMap(\.value.references)
        }
    }

    /// The value when nothing in it is a reference.
    public var literalValue: JSONValue? {
        guard references.isEmpty else { return nil }
        struct NoReference: Error {}
        return try? evaluate { _ in throw NoReference() }
    }

    /// The value, with each reference replaced by what `lookup` gives for it.
    ///
    /// A template that is exactly one reference gives the value itself. Inside a text, strings are written as they are
    /// and other values as compact JSON.
    public func evaluate(_ lookup: (Reference) throws -> JSONValue) rethrows -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .reference(let reference): return try lookup(reference)
        case .text(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .literal(let literal): text += literal
                case .reference(let reference):
                    let value = try lookup(reference)
                    text += value.stringValue ?? value.serialized()
                }
            }
            return .string(text)
        case .array(let elements):
            return .array(try elements.map { try $0.evaluate(lookup) })
        case .object(let members):
            var object = JSONObject()
            for (name, value) in members {
                object[name] = try value.evaluate(lookup)
            }
            return .object(object)
        }
    }

    /// Whether both are the same template.
    public static func == (left: ValueTemplate, right: ValueTemplate) -> Bool {
        switch (left, right) {
        case (.literal(let a), .literal(let b)): a == b
        case (.reference(let a), .reference(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
        default: false
        }
    }

    /// Feeds the template to `hasher`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .literal(let value): hasher.combine(value)
        case .reference(let reference): hasher.combine(reference)
        case .text(let parts): hasher.combine(parts)
        case .array(let elements): hasher.combine(elements)
        case .object(let members):
            for (name, value) in members {
                hasher.combine(name)
                hasher.combine(value)
            }
        }
    }
}
