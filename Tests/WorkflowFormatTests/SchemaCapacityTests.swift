import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct SchemaCapacityTests {
    private func bits(_ schema: JSONValue) throws -> Double? {
        try SchemaCapacity(of: JSONSchema(schema)).bits
    }

    @Test(
        arguments: [
            (["enum": ["a", "b", "c", "d"]], 2), (["enum": ["a"]], 0), (["type": "boolean"], 1), (["type": "null"], 0),
            (["type": "integer", "minimum": 1, "maximum": 8], 3), (["type": "integer", "minimum": 0, "maximum": 0], 0),
            (["type": "integer", "minimum": -1, "maximum": 2.5], 2),
            (["anyOf": [["type": "boolean"], ["enum": ["x", "y"]]]], 2),
            (["type": ["boolean", "null"], "minimum": 0], 1.584962500721156),
            (
                [
                    "type": "object", "properties": ["a": ["type": "boolean"], "b": ["enum": [1, 2, 3, 4]]],
                    "required": ["a", "b"], "additionalProperties": false,
                ], 3
            ),
            // An optional field can be left out: three ways instead of two.
            (
                ["type": "object", "properties": ["a": ["type": "boolean"]], "additionalProperties": false],
                1.584962500721156
            ),
            // No element, one or two: 1 + 2 + 4 values.
            (["type": "array", "items": ["type": "boolean"], "maxItems": 2], 2.807354922057604),
            (["type": "array", "items": ["type": "boolean"], "minItems": 2, "maxItems": 2], 2),
            (["type": "array", "items": ["enum": ["x"]], "maxItems": 3], 2),
            (["type": "string", "maxLength": 0], 0),
        ] as [(JSONValue, Double)])
    func `the number of values is counted`(schema: JSONValue, expected: Double) throws {
        let found = try #require(try bits(schema))
        #expect(abs(found - expected) < 1e-9, "\(schema): \(found)")
    }

    @Test func `a string is bounded by its length`() throws {
        let one = try #require(try bits(["type": "string", "minLength": 1, "maxLength": 1]))
        #expect(abs(one - 20.084808) < 1e-5)
        let eight = try #require(try bits(["type": "string", "minLength": 8, "maxLength": 8]))
        #expect(abs(eight - 8 * one) < 1e-9)
        let upTo = try #require(try bits(["type": "string", "maxLength": 8]))
        #expect(upTo > eight && upTo < eight + 0.001)
        #expect(try bits(["type": "string", "maxLength": 1_000_000]) != nil)
    }

    @Test(
        arguments: [
            ["type": "string"], ["type": "number"], ["type": "number", "minimum": 0, "maximum": 1], [:],
            ["type": "integer", "minimum": 0], ["type": "array", "items": ["type": "boolean"]],
            ["type": "array", "maxItems": 3],
            ["type": "object", "properties": [:], "additionalProperties": true],
            ["type": "object", "properties": ["a": ["type": "string"]], "required": ["a"]],
            [
                "$defs": [
                    "node": [
                        "type": "object", "properties": ["next": ["$ref": "#/$defs/node"]],
                        "additionalProperties": false,
                    ]
                ], "$ref": "#/$defs/node",
            ],
        ] as [JSONValue])
    func `what has no bound has none`(schema: JSONValue) throws {
        #expect(try bits(schema) == nil)
    }

    @Test func `each field is told by its place`() throws {
        let capacity = SchemaCapacity(
            of: try JSONSchema([
                "type": "object",
                "properties": [
                    "kind": ["enum": ["a", "b"]], "note": ["type": "string"],
                    "parts": [
                        "type": "array", "maxItems": 4,
                        "items": [
                            "type": "object", "properties": ["on": ["type": "boolean"]], "required": ["on"],
                            "additionalProperties": false,
                        ],
                    ],
                ], "required": ["kind", "note", "parts"], "additionalProperties": false,
            ]))
        #expect(capacity.fields.map(\.pointer) == ["/kind", "/note", "/parts/*/on"])
        #expect(capacity.fields.map(\.bits) == [1, nil, 1])
        #expect(capacity.json == ["": nil, "/kind": 1, "/note": nil, "/parts/*/on": 1])
    }

    @Test func `more values never tell less`() throws {
        var last = -1.0
        for count in 1...40 {
            let found = try #require(try bits(["enum": .array((0..<count).map { .integer($0) })]))
            #expect(found > last)
            last = found
        }
    }
}
