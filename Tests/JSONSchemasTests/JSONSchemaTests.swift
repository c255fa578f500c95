import JSONSchemas
import Testing

@Suite struct JSONSchemaTests {
    private func schema(_ text: String) throws -> JSONSchema {
        try JSONSchema(JSONValue(parsing: text))
    }

    private func keywords(_ schema: JSONSchema, _ value: JSONValue) -> [String] {
        schema.validate(value).map(\.keyword)
    }

    @Test(arguments: [
        (#"{"type":"integer"}"#, ["1", "1.0", "1e300"], ["1.5", "\"1\"", "null", "true"]),
        (#"{"type":"number"}"#, ["1", "1.5"], ["\"1\""]),
        (#"{"type":["string","null"]}"#, ["\"a\"", "null"], ["1"]),
        (#"{"type":"string","minLength":2,"maxLength":3}"#, ["\"é😀\"", "\"abc\""], ["\"a\"", "\"abcd\""]),
        (#"{"minLength":2}"#, ["1", "\"ab\""], ["\"a\""]),
        (#"{"type":"string","pattern":"^[a-z]+$"}"#, ["\"ab\""], ["\"aB\"", "\"\""]),
        (#"{"minimum":1,"maximum":2.5}"#, ["1", "2.5", "\"x\""], ["0.999", "2.6", "-1"]),
        (#"{"maximum":9007199254740992.0}"#, ["9007199254740992"], ["9007199254740993"]),
        (
            #"{"enum":["a",1,null,[1],{"b":1}]}"#, ["\"a\"", "1.0", "null", "[1]", "{\"b\":1.0}"],
            ["\"b\"", "2", "[]"]
        ),
        (#"{"const":{"a":[1]}}"#, ["{\"a\":[1]}"], ["{\"a\":[]}"]),
        (#"{"type":"string","enum":["a",1]}"#, ["\"a\""], ["1"]),
        (#"{"enum":["a","b"],"const":"b"}"#, ["\"b\""], ["\"a\""]),
        (
            #"{"items":{"type":"integer"},"minItems":1,"maxItems":2}"#, ["[1]", "[1,2]", "{}"],
            ["[]", "[1,2,3]", "[\"a\"]"]
        ),
        (
            #"{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"],"additionalProperties":false}"#,
            ["{\"a\":1}", "{\"b\":null,\"a\":1}"], ["{}", "{\"a\":\"x\"}", "{\"a\":1,\"c\":1}"]
        ),
        (
            #"{"properties":{"a":{}},"additionalProperties":{"type":"string"}}"#,
            ["{\"a\":1,\"b\":\"x\"}", "[]"],
            ["{\"b\":1}"]
        ),
        (#"{"required":["a"]}"#, ["{\"a\":null}", "3"], ["{}"]),
        (#"{"anyOf":[{"type":"string"},{"type":"integer","minimum":5}]}"#, ["\"a\"", "5"], ["4", "null"]),
        (
            ##"{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"additionalProperties":false}}}"##,
            ["{}", "{\"kids\":[{\"kids\":[]},{}]}"], ["{\"kids\":[{\"kids\":[1]}]}", "[]"]
        ),
        (
            ##"{"properties":{"a":{"$ref":"#"},"b":{"$ref":"#/properties/a"}},"additionalProperties":false}"##,
            ["{\"a\":{\"b\":{}}}"], ["{\"a\":{\"c\":1}}"]
        ),
        (##"{"$ref":"#/definitions/a%20b~1c","definitions":{"a b/c":{"type":"null"}}}"##, ["null"], ["1"]),
        ("true", ["1", "null", "{}"], []), ("{}", ["1", "[]"], []),
        (
            #"{"$id":"y","title":"t","description":"d","default":1,"examples":[],"$comment":"c","deprecated":true,"readOnly":true,"writeOnly":false}"#,
            ["1"], []
        ),
    ])
    func `values are accepted and refused as the specification says`(
        text: String, yes: [String], no: [String]
    ) throws {
        let schema = try schema(text)
        for value in yes {
            #expect(schema.validate(try JSONValue(parsing: value)).isEmpty, "\(text) should accept \(value)")
        }
        for value in no {
            #expect(!schema.validate(try JSONValue(parsing: value)).isEmpty, "\(text) should refuse \(value)")
        }
    }

    @Test func `every issue of a value is reported with its place`() throws {
        let schema = try schema(
            #"{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}},"b":{"type":"string"}},"required":["b"],"additionalProperties":false}"#
        )
        let issues = schema.validate(["a": [1, "x", true], "c": 1])
        #expect(issues.map(\.pointer.description) == ["/a/1", "/a/2", "", "/c"])
        #expect(issues.map(\.keyword) == ["type", "type", "required", "additionalProperties"])
        #expect(issues[0].description == "`/a/1` is a string, not an integer")
        #expect(issues[2].message == "lacks `b`")
    }

    @Test func `a value's issues name each keyword that it breaks`() throws {
        let cases: [(schema: String, value: JSONValue, keywords: [String])] = [
            (#"{"allOf":[{"minimum":3},{"multipleOf":2}]}"#, 1, ["minimum", "multipleOf"]),
            (#"{"oneOf":[{"minimum":1},{"minimum":2}]}"#, 3, ["oneOf"]),
            (#"{"not":{"type":"integer"}}"#, 3, ["not"]),
            (#"{"if":{"required":["a"]},"then":{"required":["b"]}}"#, ["a": 1], ["required"]),
            (#"{"minProperties":2,"propertyNames":{"maxLength":1}}"#, ["ab": 1], ["minProperties", "propertyNames"]),
            (#"{"patternProperties":{"^a":{"type":"string"}}}"#, ["ab": 1, "b": 1], ["type"]),
            (#"{"contains":{"const":1},"uniqueItems":true}"#, [2, 2], ["uniqueItems", "contains"]),
            (#"{"exclusiveMinimum":1,"exclusiveMaximum":1}"#, 1, ["exclusiveMinimum", "exclusiveMaximum"]),
            (#"{"properties":{"a":{}},"unevaluatedProperties":false}"#, ["a": 1, "b": 2], ["unevaluatedProperties"]),
            (#"{"dependentRequired":{"a":["b"]},"format":"date"}"#, ["a": 1], ["dependentRequired"]),
            (#"{"format":"date","prefixItems":[{}]}"#, "2026-02-29", ["format"]),
            (#"{"prefixItems":[{}],"items":false}"#, [1, 2], ["false"]),
        ]
        for (text, value, expected) in cases {
            #expect(keywords(try schema(text), value) == expected, "\(text)")
        }
    }

    @Test func `nodes keep the order of properties and the names that must be there`() throws {
        let schema = try schema(
            #"{"type":"object","properties":{"z":{},"a":{"type":"string"}},"required":["q","z"],"additionalProperties":{"type":"integer"}}"#
        )
        let root = schema.rootNode
        #expect(root.properties.map(\.name) == ["z", "a"])
        #expect(root.required == ["q", "z"])
        #expect(root.isRequired("z") && root.isRequired("q") && !root.isRequired("a"))
    }

    @Test func `equal values are listed once, and const narrows enum`() throws {
        #expect(try schema(#"{"enum":["a",1,1.0,"a",{"b":1,"c":2},{"c":2,"b":1}]}"#).rootNode.values?.count == 3)
        #expect(try schema(#"{"enum":[1,2],"const":2.0}"#).rootNode.values == [2])
    }

    @Test func `schemas are equal when their source and their options are`() throws {
        let one = try schema(#"{"format":"date"}"#)
        #expect(one == (try schema(#"{ "format": "date" }"#)))
        let other = try JSONSchema(["format": "date"], options: JSONSchema.Options(assertsFormats: false))
        #expect(one != other)
        #expect(!one.accepts("x") && other.accepts("x"))
    }

    @Test func `an unknown format is a warning, and one for numbers is none`() throws {
        let schema = try schema(
            #"{"properties":{"a":{"format":"topic"},"b":{"format":"int32"},"c":{"format":"date"}}}"#)
        #expect(
            schema.warnings.map(\.description)
                == ["`format` at `#/properties/a` is `topic`, which isn't known: any string fits."])
    }
}
