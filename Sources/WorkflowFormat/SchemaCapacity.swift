import Foundation
public import JSONSchemas

/// How much a value that fits a schema can tell: the binary logarithm of the number of values that the schema admits.
///
/// A field of 2 bits lets whoever wrote the text that it is read from choose among four values; a field without a bound
/// can carry anything. Counts are upper bounds: a `pattern` may leave fewer values than the length admits.
public struct SchemaCapacity: Hashable, Sendable {
    /// A field, and what it can tell.
    public struct Field: Hashable, Sendable {
        /// The field's place, `*` standing for every element of a list.
        public let pointer: String
        /// How many bits it can carry; nil for no bound.
        public let bits: Double?
    }

    /// Every field that has no fields itself, in the schema's order. An element of a list counts once.
    public let fields: [Field]
    /// How many bits the whole value can carry; nil for no bound.
    public let bits: Double?

    /// Measures a schema.
    public init(of schema: JSONSchema) {
        var meter = Meter(schema: schema)
        bits = meter.bits(of: schema.root)
        meter.collect(schema.root, at: JSONPointer(), above: [])
        fields = meter.fields
    }
}

/// Walks a schema.
private struct Meter {
    /// Code points that a string can have: all but the surrogates.
    private static let alphabet = log2(Double(0x11_0000 - 0x800))

    let schema: JSONSchema
    var fields: [SchemaCapacity.Field] = []
    private var open: Set<Int> = []

    init(schema: JSONSchema) {
        self.schema = schema
    }

    /// The bits of one node; nil for no bound, and where a node contains itself.
    mutating func bits(of index: Int) -> Double? {
        guard open.insert(index).inserted else { return nil }
        defer { open.remove(index) }
        let node = schema[index]
        if !node.anyOf.isEmpty {
            var kinds: [Double] = []
            for alternative in node.anyOf {
                guard let bits = bits(of: alternative) else { return nil }
                kinds.append(bits)
            }
            return Self.either(kinds)
        }
        if let values = node.values { return log2(Double(max(1, values.count))) }
        var kinds: [Double] = []
        for (type, count) in [(JSONSchema.TypeSet.null, 0.0), (.boolean, 1.0)] where node.types.contains(type) {
            kinds.append(count)
        }
        if node.types.contains(.number) { return nil }
        if node.types.contains(.integer) {
            guard let bits = Self.integer(node) else { return nil }
            kinds.append(bits)
        }
        if node.types.contains(.string) {
            guard let limit = node.maxLength else { return nil }
            kinds.append(Self.repeated(Self.alphabet, from: node.minLength, to: limit))
        }
        if node.types.contains(.array) {
            guard let bits = array(node) else { return nil }
            kinds.append(bits)
        }
        if node.types.contains(.object) {
            guard let bits = object(node) else { return nil }
            kinds.append(bits)
        }
        return Self.either(kinds)
    }

    private mutating func array(_ node: JSONSchema.Node) -> Double? {
        guard let limit = node.maxItems else { return nil }
        if limit == 0 { return 0 }
        guard let items = node.items, let each = bits(of: items) else { return nil }
        return Self.repeated(each, from: node.minItems, to: limit)
    }

    private mutating func object(_ node: JSONSchema.Node) -> Double? {
        switch node.additionalProperties {
        case .open, .schema: return nil
        // Members that a schema does not name are never offered to a model.
        case .closed, .unspecified: break
        }
        var sum = 0.0
        for property in node.properties {
            guard let bits = bits(of: property.node) else { return nil }
            sum += node.isRequired(property.name) ? bits : Self.either([bits, 0])
        }
        return sum
    }

    private static func integer(_ node: JSONSchema.Node) -> Double? {
        guard let low = node.minimum?.doubleValue, let high = node.maximum?.doubleValue else { return nil }
        return log2(max(1, high.rounded(.down) - low.rounded(.up) + 1))
    }

    /// The bits of a sequence of `from` to `to` parts of `each` bits.
    private static func repeated(_ each: Double, from: Int, to: Int) -> Double {
        guard to >= from else { return 0 }
        guard each > 0 else { return log2(Double(to - from + 1)) }
        // Shorter ones add little: a geometric series, of which a few dozen terms are all that a Double can tell.
        return either((max(from, to - 64)...to).map { Double($0) * each })
    }

    /// The bits of a value of one of several kinds.
    private static func either(_ kinds: [Double]) -> Double {
        guard let most = kinds.max() else { return 0 }
        return most + log2(kinds.reduce(0) { $0 + exp2($1 - most) })
    }

    /// Every leaf below `index`.
    mutating func collect(_ index: Int, at pointer: JSONPointer, above: Set<Int>) {
        let node = schema[index]
        guard !above.contains(index) else {
            return fields.append(SchemaCapacity.Field(pointer: pointer.description, bits: nil))
        }
        let path = above.union([index])
        if node.anyOf.isEmpty, node.values == nil {
            if node.types == .object, !node.properties.isEmpty {
                for property in node.properties {
                    collect(property.node, at: pointer.appending(property.name), above: path)
                }
                return
            }
            if node.types == .array, let items = node.items {
                return collect(items, at: pointer.appending("*"), above: path)
            }
        }
        fields.append(SchemaCapacity.Field(pointer: pointer.description, bits: bits(of: index)))
    }
}

extension SchemaCapacity {
    /// `{"/kind": 2, "/note": null}`, null for no bound; the whole value's stands under the empty pointer.
    public var json: JSONValue {
        var object: JSONObject = ["": Self.json(bits)]
        for field in fields where !field.pointer.isEmpty { object[field.pointer] = Self.json(field.bits) }
        return .object(object)
    }

    private static func json(_ bits: Double?) -> JSONValue {
        bits.map { .number(($0 * 100).rounded(.up) / 100) } ?? .null
    }
}
