public import JSONSchemas

/// Makes schemas over all keywords of drafts 2020-12 and 7, satisfiable or not: what a decoder has to stand.
public struct RandomSchema<Generator: RandomNumberGenerator> {
    private var generator: Generator
    private var definitions: [String] = []

    /// A source of schemas.
    public init(generator: Generator) {
        self.generator = generator
    }

    /// The next schema.
    public mutating func next() -> JSONValue {
        definitions = (0..<Int.random(in: 0...2, using: &generator)).map { "d\($0)" }
        let root = schema(depth: Int.random(in: 1...3, using: &generator))
        guard var members = root.objectValue else { return root }
        if !definitions.isEmpty {
            members["$defs"] = .object(JSONObject(definitions.map { ($0, schema(depth: 2)) }))
        }
        return .object(members)
    }

    /// The next schema, with every second `é` of its names, patterns and values as two code points: the same letter to
    /// Swift's strings, and another text to JSON. What ``next()`` draws for a seed stays as it is.
    public mutating func nextWithTwoSpellings() -> JSONValue {
        var isSecond = false
        return Self.respelled(next(), &isSecond)
    }

    private static func respelled(_ value: JSONValue, _ isSecond: inout Bool) -> JSONValue {
        func respelled(_ text: String) -> String {
            guard text.contains("é") else { return text }
            isSecond.toggle()
            return isSecond ? text : text.replacing("é", with: "e\u{301}")
        }
        switch value {
        case .string(let text): return .string(respelled(text))
        case .array(let elements): return .array(elements.map { Self.respelled($0, &isSecond) })
        case .object(let members):
            return .object(JSONObject(members.map { (respelled($0.key), Self.respelled($0.value, &isSecond)) }))
        default: return value
        }
    }

    /// A small JSON value.
    public mutating func value(depth: Int = 1) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 8), using: &generator) {
        case 0: return .null
        case 1: return .bool(chance(2))
        case 2, 3: return .integer(pick([0, 1, 2, -1, 10, 17]))
        case 4: return .number(pick([0.5, 1, -2.5, 0.1, 1e20]))
        case 5, 6, 7: return .string(pick(["", "a", "b", "ab", "foo", "é", "🙂", "a\"b", "x\ny", "2020-01-31", "1"]))
        case 8: return .array((0..<Int.random(in: 0...2, using: &generator)).map { _ in value(depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    names(Int.random(in: 0...2, using: &generator)).map { ($0, value(depth: depth - 1)) }))
        }
    }

    private mutating func schema(depth: Int) -> JSONValue {
        if chance(20) { return .bool(!chance(4)) }
        if !definitions.isEmpty, chance(8) { return ["$ref": .string("#/$defs/" + pick(definitions))] }
        var members: JSONObject = [:]
        for _ in 0..<(chance(3) ? 2 : 1) {
            for (key, value) in keywords(depth: depth) where members[key] == nil { members[key] = value }
        }
        return .object(members)
    }

    private mutating func keywords(depth: Int) -> JSONObject {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 6), using: &generator) {
        case 0: return ["enum": .array((0..<Int.random(in: 1...4, using: &generator)).map { _ in value() })]
        case 1: return ["const": value()]
        case 2:
            return [
                "type": pick(["null", "boolean", ["integer", "string"], ["number", "null"], ["array", "object"]])
            ]
        case 3: return string()
        case 4, 5: return number()
        case 6, 7, 8: return object(depth: depth)
        case 9: return array(depth: depth)
        default: return applicator(depth: depth)
        }
    }

    private mutating func string() -> JSONObject {
        var members: JSONObject = [:]
        if !chance(4) { members["type"] = "string" }
        if chance(3) { members["minLength"] = .integer(pick([0, 1, 2, 3])) }
        if chance(3) { members["maxLength"] = .integer(pick([0, 1, 2, 5, 12])) }
        if chance(2) { members["pattern"] = .string(pick(Self.patterns)) }
        if chance(5) { members["format"] = .string(pick(Self.formats)) }
        return members
    }

    private mutating func number() -> JSONObject {
        var members: JSONObject = [:]
        if !chance(4) { members["type"] = pick(["integer", "number"]) }
        let bounds: [Double] = [-3, -1.5, 0, 0.1, 1, 2, 2.5, 3, 7, 10, 100, 1e17]
        for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] where chance(4) {
            let bound = pick(bounds)
            members[key] = Int(exactly: bound).map { .integer($0) } ?? .number(bound)
        }
        if chance(4) {
            members["multipleOf"] = pick([.integer(1), .integer(2), .integer(3), .number(0.5), .number(0.01)])
        }
        return members
    }

    private mutating func object(depth: Int) -> JSONObject {
        var members: JSONObject = [:]
        if !chance(4) { members["type"] = "object" }
        if !chance(4) { members["properties"] = named(3, depth) }
        if chance(2) {
            members["required"] = .array(names(Int.random(in: 0...2, using: &generator)).map { .string($0) })
        }
        if chance(3) { members["additionalProperties"] = chance(2) ? .bool(false) : schema(depth: depth - 1) }
        if chance(6) {
            members["patternProperties"] = .object(
                JSONObject([(pick(["^a", "o", "^[ab]$", ".", "é"]), schema(depth: depth - 1))]))
        }
        if chance(8) {
            members["propertyNames"] = pick([["pattern": "^[a-f]"], ["maxLength": 2], ["enum": ["a", "b", "foo"]]])
        }
        if chance(8) { members["minProperties"] = .integer(pick([0, 1, 2, 3])) }
        if chance(8) { members["maxProperties"] = .integer(pick([0, 1, 2, 3])) }
        if chance(8) {
            members["dependentRequired"] = .object(
                JSONObject([(pick(Self.names), .array(names(1).map { .string($0) }))]))
        }
        if chance(8) { members["dependentSchemas"] = named(1, depth) }
        if chance(16) { members["unevaluatedProperties"] = .bool(false) }
        return members
    }

    private mutating func array(depth: Int) -> JSONObject {
        var members: JSONObject = [:]
        if !chance(4) { members["type"] = "array" }
        if chance(2) { members["items"] = schema(depth: depth - 1) }
        if chance(4) { members["prefixItems"] = list(1...2, depth) }
        if chance(4) { members["contains"] = schema(depth: depth - 1) }
        if chance(8) { members["minContains"] = .integer(pick([0, 1, 2])) }
        if chance(8) { members["maxContains"] = .integer(pick([0, 1, 2])) }
        if chance(3) { members["minItems"] = .integer(pick([0, 1, 2, 3])) }
        if chance(3) { members["maxItems"] = .integer(pick([0, 1, 2, 4])) }
        if chance(5) { members["uniqueItems"] = true }
        if chance(16) { members["unevaluatedItems"] = .bool(false) }
        return members
    }

    private mutating func applicator(depth: Int) -> JSONObject {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1: return ["anyOf": list(1...3, depth)]
        case 2, 3: return ["oneOf": list(1...3, depth)]
        case 4, 5: return ["allOf": list(1...3, depth)]
        case 6: return ["not": schema(depth: depth - 1)]
        default:
            var members: JSONObject = ["if": schema(depth: depth - 1)]
            if !chance(4) { members["then"] = schema(depth: depth - 1) }
            if chance(2) { members["else"] = schema(depth: depth - 1) }
            return members
        }
    }

    private mutating func named(_ limit: Int, _ depth: Int) -> JSONValue {
        .object(JSONObject(names(Int.random(in: 1...limit, using: &generator)).map { ($0, schema(depth: depth - 1)) }))
    }

    private mutating func list(_ range: ClosedRange<Int>, _ depth: Int) -> JSONValue {
        .array((0..<Int.random(in: range, using: &generator)).map { _ in schema(depth: depth - 1) })
    }

    private mutating func names(_ count: Int) -> [String] {
        Array(Self.names.shuffled(using: &generator).prefix(count))
    }

    private mutating func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &generator) == 0 }

    private mutating func pick<T>(_ values: [T]) -> T {
        values[Int.random(in: values.indices, using: &generator)]
    }

    private static var names: [String] { ["a", "b", "c", "foo", "é", "a b", ""] }

    private static var patterns: [String] {
        [
            "^a", "b$", "^[ab]{1,3}$", "[0-9]+", #"^\d{2}-\d{2}$"#, "^(foo|bar)$", "é", "^[^a]*$", #"\w+"#, #"^\S+$"#,
            "a.c", "^x?y+z*$", "^(?!ab)", "^(?=.*a)(?=.*b)", #"\bfoo\b"#, "^.{2,4}$", #"^\p{L}+$"#, "^🙂", "^$", "ab|cd",
            #"^[\w.-]+@[\w-]+$"#, #"^\\?"?$"#,
        ]
    }

    private static var formats: [String] {
        [
            "date", "time", "date-time", "duration", "email", "uri", "uri-reference", "uuid", "ipv4", "ipv6",
            "hostname",
            "regex", "json-pointer", "color",
        ]
    }
}
