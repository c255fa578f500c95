import JSONSchemas
import TestSupport

/// Some hundred small schemas over all keywords, alone and in each other's company.
enum KeywordSchemas {
    /// One keyword, or a few that belong together.
    static let single: [JSONValue] = [
        // Any type.
        true, ["type": "string"], ["type": "integer"], ["type": "number"], ["type": "boolean"], ["type": "null"],
        ["type": "object"], ["type": "array"], ["type": ["integer", "null"]], ["type": ["array", "object"]],
        ["const": "a"], ["const": 1], ["const": [0, 1]], ["const": ["a": 0, "b": 1]], ["const": [["a": 0]]],
        ["enum": [0, "ab", nil]], ["enum": [["a": 0], [], "b"]], ["enum": [true, ["a"], ["a": "b"], ["b": []]]],
        // Strings.
        ["minLength": 1], ["maxLength": 1], ["minLength": 1, "maxLength": 1], ["pattern": "a"], ["pattern": "^b"],
        ["pattern": "^(a|b)*b$"], ["pattern": "^a", "minLength": 2], ["pattern": "^(?!ab)"],
        ["type": "string", "format": "date"],
        // Numbers.
        ["minimum": 1], ["maximum": 0], ["exclusiveMinimum": 0], ["exclusiveMaximum": 1], ["multipleOf": 2],
        ["minimum": 0.5], ["multipleOf": 0.5, "maximum": 0.75],
        // Objects.
        ["properties": ["a": ["type": "integer"]]], ["properties": ["b": false]], ["required": ["a"]],
        ["required": ["a", "c"]], ["properties": ["b": ["type": "string"], "a": ["const": 0]], "required": ["b"]],
        ["additionalProperties": false], ["properties": ["a": true], "additionalProperties": false],
        ["properties": ["c": ["type": "string"]], "additionalProperties": ["type": "integer"]],
        ["patternProperties": ["^[ab]": ["type": "integer"]]],
        ["patternProperties": ["^[ab]": ["type": "integer"], "[bc]": ["minimum": 1]]],
        ["patternProperties": ["^a": true], "additionalProperties": false],
        [
            "properties": ["a": ["minLength": 1]], "patternProperties": ["a": ["maxLength": 1]],
            "additionalProperties": ["type": "null"],
        ],
        ["propertyNames": ["pattern": "^[ab]"]], ["propertyNames": ["enum": ["c", "a"]]],
        ["propertyNames": ["not": ["const": "b"]]],
        ["minProperties": 1], ["maxProperties": 1], ["minProperties": 2], ["maxProperties": 0],
        ["dependentRequired": ["a": ["b"]]], ["dependentRequired": ["a": ["b"], "b": ["a"]]],
        ["dependentSchemas": ["a": ["required": ["c"]]]],
        ["dependentSchemas": ["b": ["properties": ["b": ["type": "null"], "a": ["type": "string"]]]]],
        ["properties": ["a": true], "unevaluatedProperties": false],
        // Arrays.
        ["items": ["type": "integer"]], ["items": false], ["prefixItems": [["const": 0], ["type": "string"]]],
        ["prefixItems": [true], "items": false], ["prefixItems": [["type": "string"]], "items": ["type": "integer"]],
        ["contains": ["const": 1]], ["contains": ["type": "string"], "minContains": 2],
        ["contains": ["type": "integer"], "maxContains": 1], ["contains": ["const": "a"], "minContains": 0],
        ["contains": ["type": "integer"], "minContains": 1, "maxContains": 1, "minItems": 2],
        ["minItems": 1], ["maxItems": 1], ["minItems": 2], ["maxItems": 0], ["uniqueItems": true],
        ["uniqueItems": true, "minItems": 2, "items": ["type": ["integer", "array"]]],
        ["prefixItems": [["type": "string"]], "unevaluatedItems": false],
        // References.
        ["$ref": "#/$defs/inner"], ["items": ["$ref": "#/$defs/inner"], "minItems": 1],
        ["additionalProperties": ["$ref": "#/$defs/inner"], "required": ["c"]],
        ["$ref": "#/$defs/inner", "type": ["array", "string"]],
    ]

    /// All of them; the same ones on every machine.
    static let all: [JSONValue] = {
        var generator = SeededGenerator(seed: 3)
        var schemas = single
        schemas += single.map { ["not": $0] }
        func pick() -> JSONValue { single[Int.random(in: single.indices, using: &generator)] }
        func list(_ count: Int) -> JSONValue { .array((0..<count).map { _ in pick() }) }
        schemas += (0..<60).map { _ in ["allOf": list(2)] }
        schemas += (0..<30).map { _ in ["anyOf": list(2)] }
        schemas += (0..<50).map { index in ["oneOf": list(2 + index % 2)] }
        schemas += (0..<40).map { _ in ["if": pick(), "then": pick(), "else": pick()] }
        schemas += (0..<10).map { _ in ["if": pick(), "then": pick()] }
        schemas += (0..<10).map { _ in ["if": pick(), "else": pick()] }
        schemas += (0..<20).map { _ in ["not": ["anyOf": list(2)]] }
        schemas += (0..<20).map { _ in ["not": ["allOf": list(2)]] }
        schemas += (0..<20).map { _ in ["properties": ["a": pick(), "b": ["not": pick()]], "minProperties": 1] }
        schemas += (0..<20).map { _ in ["type": "array", "contains": pick(), "items": pick(), "minItems": 1] }
        // Keywords side by side, where they don't share one.
        while schemas.count < 480 {
            guard let first = pick().objectValue, let second = pick().objectValue,
                !first.keys.contains(where: { second[$0] != nil })
            else { continue }
            schemas.append(.object(JSONObject(Array(first) + Array(second))))
        }
        return schemas
    }()
}
