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
            #"{"$schema":"x","$id":"y","title":"t","description":"d","default":1,"examples":[],"$comment":"c","deprecated":true,"readOnly":true,"writeOnly":false}"#,
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

    @Test(arguments: [
        "not", "oneOf", "allOf", "if", "format", "multipleOf", "exclusiveMinimum", "exclusiveMaximum",
        "uniqueItems",
        "contains", "prefixItems", "patternProperties", "propertyNames", "minProperties", "maxProperties",
        "dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems", "$anchor",
        "$dynamicRef",
        "contentEncoding", "additionalItems", "nonsense",
    ])
    func `a keyword that is not enforced is refused by name and place`(keyword: String) throws {
        _ = try schema(#"{"properties":{"a":{"type":"string"}}}"#)
        do {
            _ = try schema(#"{"properties":{"a":{"type":"string","\#(keyword)":1}}}"#)
            Issue.record("`\(keyword)` was accepted")
        } catch let error as SchemaError {
            #expect(error.keyword == keyword)
            #expect(error.pointer.description == "/properties/a")
            #expect(
                error.description
                    == "Can't compile schema: `\(keyword)` at `#/properties/a` is not supported.")
        }
    }

    @Test(arguments: [
        ("3", "neither an object nor a boolean"), ("false", "no value fits"),
        (#"{"items":false}"#, "no value fits"),
        (#"{"type":"text"}"#, "isn't a type"), (#"{"type":[]}"#, "must name a type"),
        (#"{"type":1}"#, "list of strings"),
        (#"{"enum":[]}"#, "isn't empty"), (#"{"required":"a"}"#, "list of strings"),
        (#"{"minItems":-1}"#, "at least 0"),
        (#"{"maxLength":1.5}"#, "whole number"), (#"{"minimum":"1"}"#, "must be a number"),
        (#"{"minItems":3,"maxItems":2}"#, "below `minItems`"),
        (#"{"minimum":3,"maximum":2}"#, "below `minimum`"),
        (#"{"type":"integer","minimum":1.2,"maximum":1.8}"#, "no whole number"),
        (#"{"pattern":"(?=a)"}"#, "look-ahead"), (#"{"anyOf":[]}"#, "isn't empty"),
        (#"{"anyOf":[{}],"type":"string"}"#, "stands beside `anyOf`"),
        (##"{"$ref":"#","minLength":1}"##, "stands beside `$ref`"),
        (##"{"$ref":"http://x"}"##, "must be local"),
        (##"{"$ref":"#/$defs/x"}"##, "isn't a schema here"),
        (##"{"properties":{},"items":{"$ref":"#/properties"}}"##, "isn't a schema here"),
        (##"{"$ref":"#"}"##, "leads back to itself"),
        (
            ##"{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}}"##,
            "leads back to itself"
        ),
        (#"{"type":"string","enum":[1,2]}"#, "fits no value"), (#"{"const":1,"enum":[2]}"#, "fits no value"),
        (#"{"required":["b"],"properties":{"a":{}},"additionalProperties":false}"#, "forbids"),
        (##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##, "without end"),
        (##"{"type":"array","minItems":1,"items":{"$ref":"#"}}"##, "without end"),
        (#"{"items":{"$id":"x"}}"#, "is not supported"),
    ])
    func `a schema that cannot be used is refused with the reason`(text: String, reason: String) throws {
        do {
            _ = try schema(text)
            Issue.record("\(text) was accepted")
        } catch let error as SchemaError {
            #expect(error.description.contains(reason), "\(error)")
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

    @Test func `nodes keep the order of properties and give required names a node`() throws {
        let schema = try schema(
            #"{"type":"object","properties":{"z":{},"a":{"type":"string"}},"required":["q","z"],"additionalProperties":{"type":"integer"}}"#
        )
        let root = schema.rootNode
        #expect(root.properties.map(\.name) == ["z", "a", "q"])
        #expect(root.properties.map(\.isRequired) == [true, false, true])
        #expect(schema[root.properties[2].node].types == .integer)
    }

    @Test func `listed values that break another keyword are dropped`() throws {
        let schema = try schema(#"{"type":"string","maxLength":3,"enum":["a","long one",1,"a"]}"#)
        #expect(schema.rootNode.values == ["a"])
    }
}
