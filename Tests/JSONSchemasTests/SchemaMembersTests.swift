import JSONSchemas
import Testing

/// Whether a schema's members can be told from `properties`, `items` and `anyOf` alone.
@Suite struct SchemaMembersTests {
    @Test(arguments: [
        "true", "{}",
        #"{"type":"object","properties":{"a":{"enum":[1,2]}},"required":["a"],"additionalProperties":false}"#,
        #"{"items":{"type":"string","pattern":"(?=a)"},"maxItems":3,"title":"t","$id":"x"}"#,
        #"{"anyOf":[{"type":"null"},{"minimum":1}],"description":"d"}"#,
        ##"{"$ref":"#/$defs/a","$defs":{"a":{"properties":{"b":{"$ref":"#/$defs/a"}}}}}"##,
    ])
    func `a schema of the plain keywords is one`(text: String) throws {
        #expect(try JSONSchema(JSONValue(parsing: text)).firstKeywordBeyondMembers == nil)
    }

    @Test(arguments: [
        "not", "oneOf", "allOf", "if", "format", "multipleOf", "exclusiveMinimum", "exclusiveMaximum", "uniqueItems",
        "contains", "prefixItems", "patternProperties", "propertyNames", "minProperties", "maxProperties",
        "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties", "unevaluatedItems", "$anchor",
        "$dynamicRef", "contentEncoding", "additionalItems", "then", "$dynamicAnchor", "$id", "minContains", "nonsense",
    ])
    func `any other keyword is named with its place`(keyword: String) throws {
        let values: [String: JSONValue] = [
            "oneOf": [[:]], "allOf": [[:]], "prefixItems": [[:]], "format": "date", "$anchor": "a", "$dynamicRef": "#",
            "$dynamicAnchor": "a", "$id": "x", "multipleOf": 1, "exclusiveMinimum": 1, "exclusiveMaximum": 1,
            "minProperties": 1, "maxProperties": 1, "minContains": 1, "uniqueItems": true,
        ]
        let inner: JSONValue = .object(["type": "string", keyword: values[keyword] ?? [:]])
        let schema = try JSONSchema(["properties": ["a": inner]])
        let fault = try #require(schema.firstKeywordBeyondMembers)
        #expect(fault.keyword == keyword)
        #expect(fault.description == "Can't compile schema: `\(keyword)` at `#/properties/a` is not supported.")
    }

    @Test(
        arguments: [
            ("false", "no value fits"), (#"{"items":false}"#, "no value fits"), (#"{"items":[{}]}"#, "list of schemas"),
            (#"{"minItems":3,"maxItems":2}"#, "below `minItems`"),
            (#"{"minLength":3,"maxLength":2}"#, "below `minLength`"),
            (#"{"minimum":3,"maximum":2}"#, "below `minimum`"),
            (#"{"type":"integer","minimum":1.2,"maximum":1.8}"#, "no whole number"),
            (#"{"anyOf":[{}],"type":"string"}"#, "stands beside `anyOf`"),
            (##"{"properties":{"a":{"$ref":"#","minLength":1}}}"##, "stands beside `$ref`"),
            (#"{"type":"string","enum":[1,2]}"#, "fits no value"), (#"{"const":1,"enum":[2]}"#, "fits no value"),
            (#"{"enum":[]}"#, "fits no value"),
            (#"{"required":["b"],"properties":{"a":{}},"additionalProperties":false}"#, "forbids"),
            (#"{"required":["b"],"properties":{"a":{}}}"#, "doesn't describe"),
            (##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##, "without end"),
            (##"{"type":"array","minItems":1,"items":{"$ref":"#"}}"##, "without end"),
            (#"{"items":{"$id":"x"}}"#, "is not supported"),
            (#"{"type":"null","$defs":{"a":{"oneOf":[{}]}}}"#, "is not supported"),
            (#"{"type":"null","$defs":{"a":{"minItems":"x"}}}"#, "whole number"),
            (
                ##"{"type":"null","$defs":{"a":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/a"}}}}"##,
                "without end"
            ),
        ] as [(String, String)])
    func `parts that no value fits and words beside others are named`(text: String, reason: String) throws {
        let fault = try #require(try JSONSchema(JSONValue(parsing: text)).firstKeywordBeyondMembers)
        #expect(fault.description.contains(reason), "\(fault)")
    }

    @Test func `listed values are matched with a limit on the work`() throws {
        func fault(values: Int, states: Int, fitting: String?) throws -> String? {
            let texts = (0..<values).map { JSONValue.string(String(repeating: "a", count: 40) + String($0)) }
            let schema = try JSONSchema([
                "enum": .array((fitting.map { [.string($0)] } ?? []) + texts),
                "pattern": .string("^(?:a?){\(states)}b$"),
            ])
            return schema.firstKeywordBeyondMembers?.reason
        }
        #expect(try fault(values: 400, states: 9_000, fitting: nil)?.contains("more than 50000000 steps") == true)
        // None fits, and few steps show it; or the first one fits, and the others aren't matched.
        #expect(try fault(values: 400, states: 90, fitting: nil)?.contains("fits no value") == true)
        #expect(try fault(values: 400, states: 9_000, fitting: "ab") == nil)
    }

    @Test func `a listed value that nests too deep is refused for that`() throws {
        func fault(levels: Int) throws -> String? {
            var value: JSONValue = nil
            for _ in 0..<levels { value = [value] }
            var definitions: JSONObject = [
                "0": ["anyOf": [["type": "null"], ["type": "array", "items": ["$ref": "#/$defs/400"]]]]
            ]
            for index in 1...400 { definitions[String(index)] = ["$ref": .string("#/$defs/\(index - 1)")] }
            let schema = try JSONSchema([
                "type": "array", "const": value, "items": ["$ref": "#/$defs/400"], "$defs": .object(definitions),
            ])
            return schema.firstKeywordBeyondMembers?.reason
        }
        #expect(try fault(levels: 5) == nil)
        #expect(try fault(levels: 60)?.contains("nests more than 4000 subschemas") == true)
    }
}
