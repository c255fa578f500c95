import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct ClosedFieldTests {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "kind": ["enum": ["bug", "idea", .null]], "urgent": ["type": "boolean"], "name": ["type": "string"],
            "fixed": ["const": 1], "maybe": ["anyOf": [["type": "boolean"], ["type": "null"]]],
            "deep": ["type": "object", "properties": ["level": ["enum": [1, 2]]]],
            "list": ["type": "array", "items": ["type": "boolean"]],
            "mixed": ["anyOf": [["type": "boolean"], ["type": "string"]]], "objects": ["enum": [["a": 1], ["a": 2]]],
        ],
    ]

    @Test(
        arguments: [
            ("/kind", ["/kind"]), ("/urgent", ["/urgent"]), ("/maybe", ["/maybe"]), ("/deep/level", ["/deep/level"]),
            ("/name", []), ("/fixed", []), ("/deep", []), ("/list/0", ["/list/0"]), ("/list/*", []), ("/mixed", []),
            ("/objects", []), ("/absent", []), ("", []), ("kind", []), ("/*", ["/kind", "/urgent", "/maybe"]),
            ("/*/*", ["/deep/level"]),
        ] as [(String, [String])])
    func `a pattern names the fields that hold one of a few scalars`(pattern: String, expected: [String]) throws {
        #expect(ClosedField.fields(at: pattern, in: try JSONSchema(Self.schema)).map(\.pointer) == expected)
    }

    @Test func `options are what the schema lists`() throws {
        let schema = try JSONSchema(Self.schema)
        #expect(ClosedField.fields(at: "/kind", in: schema).first?.options == ["bug", "idea", .null])
        #expect(ClosedField.fields(at: "/urgent", in: schema).first?.options == [true, false])
        #expect(ClosedField.fields(at: "/maybe", in: schema).first?.options == [true, false, .null])
    }

    @Test func `more options than the limit are a list`() throws {
        func fields(_ count: Int) throws -> [ClosedField] {
            let schema = try JSONSchema(["enum": .array((0..<count).map { .integer($0) })])
            return ClosedField.fields(at: "", in: schema)
        }
        #expect(try fields(ClosedField.optionLimit).count == 1)
        #expect(try fields(ClosedField.optionLimit + 1).isEmpty)
    }
}
