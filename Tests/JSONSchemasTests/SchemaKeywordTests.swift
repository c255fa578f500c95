import JSONSchemas
import Testing

/// What each keyword lets pass and what it doesn't, as the specification says.
@Suite struct SchemaKeywordTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let text: String
        let yes: [String]
        let no: [String]

        init(_ text: String, _ yes: [String], _ no: [String]) {
            (self.text, self.yes, self.no) = (text, yes, no)
        }

        var testDescription: String { text }
    }

    private static func check(_ sample: Sample) throws {
        let schema = try JSONSchema(JSONValue(parsing: sample.text))
        for (texts, fits) in [(sample.yes, true), (sample.no, false)] {
            for text in texts {
                let value = try JSONValue(parsing: text)
                #expect(schema.accepts(value) == fits, "\(sample.text) and \(text)")
                #expect(schema.validate(value).isEmpty == fits, "\(sample.text) and \(text)")
            }
        }
    }

    @Test(arguments: [
        Sample(#"{"exclusiveMinimum":1}"#, ["1.0000001", "2", "\"\""], ["1", "1.0", "0"]),
        Sample(#"{"exclusiveMaximum":9007199254740993}"#, ["9007199254740992"], ["9007199254740993"]),
        Sample(#"{"multipleOf":0.01}"#, ["0.29", "1e300", "19.99", "-0.01", "0", "4.35"], ["0.001", "0.295"]),
        Sample(#"{"multipleOf":1e-8}"#, ["12391239123", "1e308", "0.00000003"], ["1e-9"]),
        Sample(#"{"multipleOf":0.123456789}"#, ["0.370370367"], ["1e308"]),
        Sample(#"{"multipleOf":3}"#, ["9", "9.0", "9e0", "3e2"], ["1e300", "10"]),
        Sample(#"{"multipleOf":1e300}"#, ["2e300", "0"], ["1e299", "5e-324"]),
        Sample(
            ##"{"$schema":"http://json-schema.org/draft-04/schema#","minimum":1,"exclusiveMinimum":true}"##, ["2"],
            ["1"]),
        Sample(#"{"maximum":1,"exclusiveMaximum":true}"#, ["0"], ["1"]),
    ])
    func `numbers`(sample: Sample) throws { try Self.check(sample) }

    @Test(arguments: [
        Sample(
            #"{"patternProperties":{"^a":{"type":"integer"},"b$":{"minimum":2}},"additionalProperties":false}"#,
            [#"{"a":1,"xb":"x"}"#, #"{"ab":2}"#], [#"{"ab":1}"#, #"{"a":"x"}"#, #"{"c":1}"#]),
        Sample(
            #"{"properties":{"ab":{"maximum":5}},"patternProperties":{"^a":{"minimum":2}},"additionalProperties":{"type":"null"}}"#,
            [#"{"ab":3,"c":null}"#], [#"{"ab":1}"#, #"{"ab":6}"#, #"{"c":1}"#]),
        Sample(#"{"propertyNames":{"pattern":"^[a-z]+$"}}"#, [#"{"ab":1}"#, "{}", "1"], [#"{"aB":1}"#]),
        Sample(#"{"propertyNames":false}"#, ["{}"], [#"{"a":1}"#]),
        Sample(#"{"minProperties":1,"maxProperties":2}"#, [#"{"a":1}"#, "[]"], ["{}", #"{"a":1,"b":1,"c":1}"#]),
        Sample(#"{"dependentRequired":{"a":["b","c"]}}"#, [#"{"b":1}"#, #"{"a":1,"b":1,"c":1}"#], [#"{"a":1,"b":1}"#]),
        Sample(#"{"dependentSchemas":{"a":{"required":["b"]}}}"#, ["{}", #"{"a":1,"b":1}"#], [#"{"a":1}"#]),
        Sample(
            #"{"dependencies":{"a":["b"],"c":{"minProperties":3}}}"#, [#"{"a":1,"b":1}"#, #"{"c":1,"d":1,"e":1}"#],
            [#"{"a":1}"#, #"{"c":1}"#]),
        Sample(#"{"properties":{"a":false}}"#, ["{}", #"{"b":1}"#], [#"{"a":1}"#]),
        Sample(
            #"{"properties":{"é":{"type":"null"}},"additionalProperties":false}"#, [#"{"é":null}"#],
            ["{\"e\\u0301\":null}"]),
    ])
    func `members`(sample: Sample) throws { try Self.check(sample) }

    @Test(arguments: [
        Sample(
            #"{"prefixItems":[{"type":"integer"},{"type":"string"}],"items":{"type":"null"}}"#,
            ["[]", "[1]", #"[1,"a",null]"#], [#"["a"]"#, #"[1,"a",2]"#]),
        Sample(#"{"items":[{"type":"integer"}],"additionalItems":false}"#, ["[1]", "[]"], ["[1,2]", "[null]"]),
        Sample(
            #"{"$schema":"http://json-schema.org/draft-07/schema#","items":{"type":"integer"},"additionalItems":false}"#,
            ["[1,2]"], ["[null]"]),
        Sample(#"{"contains":{"minimum":5}}"#, ["[1,5]", "{}"], ["[]", "[1]"]),
        Sample(
            #"{"contains":{"minimum":5},"minContains":2,"maxContains":3}"#, ["[5,6]", "[5,6,7,1]"],
            ["[5]", "[5,6,7,8]"]),
        Sample(#"{"contains":{"minimum":5},"minContains":0}"#, ["[]", "[1]"], []),
        Sample(#"{"maxContains":0}"#, ["[1]"], []),
        Sample(
            #"{"uniqueItems":true}"#, ["[1,true,\"1\",[1],{\"a\":1}]", "[]"],
            ["[1,1.0]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]", "[[],[]]"]),
        Sample(#"{"uniqueItems":false}"#, ["[1,1]"], []),
    ])
    func `elements`(sample: Sample) throws { try Self.check(sample) }

    @Test(arguments: [
        Sample(#"{"allOf":[{"minimum":1},{"maximum":3}],"multipleOf":2}"#, ["2"], ["1", "4"]),
        Sample(#"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, ["1", "2.5"], ["2", "1.5"]),
        Sample(#"{"anyOf":[{"minimum":3},{"type":"string"}],"not":{"const":4}}"#, ["3", "\"\""], ["4", "1"]),
        Sample(#"{"not":{"required":["a"]}}"#, ["{}"], [#"{"a":1}"#, "1"]),
        Sample(#"{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"multipleOf":3}}"#, ["20", "9"], ["12", "4"]),
        Sample(#"{"if":false,"else":{"type":"null"}}"#, ["null"], ["1"]),
        Sample(#"{"then":false,"else":false}"#, ["1"], []),
        Sample("false", [], ["1", "null"]),
        Sample(#"{"enum":[]}"#, [], ["1"]),
    ])
    func `combinations`(sample: Sample) throws { try Self.check(sample) }

    @Test(arguments: [
        Sample(
            #"{"allOf":[{"properties":{"a":{}}}],"patternProperties":{"^b":{}},"unevaluatedProperties":false}"#,
            [#"{"a":1,"b1":1}"#], [#"{"c":1}"#]),
        Sample(
            #"{"anyOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{}}}],"unevaluatedProperties":{"type":"null"}}"#,
            [#"{"a":1,"b":2}"#, #"{"a":null,"b":2}"#], [#"{"a":2,"b":2}"#, #"{"c":1}"#]),
        Sample(
            #"{"if":{"properties":{"a":{"const":1}},"required":["a"]},"unevaluatedProperties":false}"#,
            [#"{"a":1}"#, "{}"], [#"{"a":2}"#]),
        Sample(#"{"not":{"properties":{"a":{"const":1}}},"unevaluatedProperties":false}"#, [], [#"{"a":2}"#]),
        Sample(
            #"{"prefixItems":[{}],"contains":{"const":7},"unevaluatedItems":false}"#, ["[1,7]", "[7,7]"],
            ["[1,7,2]", "[1]"]),
        Sample(#"{"allOf":[{"items":{"type":"integer"}}],"unevaluatedItems":false}"#, ["[1,2]"], ["[null]"]),
        Sample(
            ##"{"$ref":"#/$defs/a","unevaluatedProperties":false,"$defs":{"a":{"properties":{"a":{}}}}}"##,
            [#"{"a":1}"#],
            [#"{"b":1}"#]),
        Sample(
            #"{"properties":{"a":{"unevaluatedProperties":false}},"unevaluatedProperties":false}"#, [#"{"a":{}}"#],
            [#"{"a":{"b":1}}"#]),
    ])
    func `what nothing looked at`(sample: Sample) throws { try Self.check(sample) }

    @Test(arguments: [
        Sample(
            #"{"$schema":"https://json-schema.org/draft/2020-12/schema","contains":{"const":1},"unevaluatedItems":false}"#,
            ["[1]", "[1,1]"], ["[1,2]", "[2]"]),
        Sample(
            #"{"$schema":"https://json-schema.org/draft/2019-09/schema","contains":{"const":1},"unevaluatedItems":false}"#,
            [], ["[1]", "[1,2]"]),
        Sample(
            #"{"$schema":"https://json-schema.org/draft/2019-09/schema","contains":{"const":1},"items":[{}],"unevaluatedItems":false}"#,
            ["[1]"], ["[2]", "[1,1]"]),
    ])
    func `what contains finds is looked at in 2020-12 only`(sample: Sample) throws { try Self.check(sample) }

    @Test(arguments: [1 << 28, 1 << 31 - 1, 1 << 31, 1 << 32, Int.max])
    func `a count that no value reaches is one`(count: Int) throws {
        for keyword in ["maxLength", "maxItems", "maxProperties"] {
            let schema = try JSONSchema([keyword: .integer(count)])
            #expect(schema.accepts("a") && schema.accepts([1]) && schema.accepts(["a": 1]), "\(keyword)")
        }
        #expect(try JSONSchema(["contains": [:], "maxContains": .integer(count)]).accepts([1]))
        let values: [(String, JSONValue)] = [("minLength", "a"), ("minItems", [1]), ("minProperties", ["a": 1])]
        for (keyword, value) in values {
            #expect(!(try JSONSchema([keyword: .integer(count)]).accepts(value)), "\(keyword)")
        }
        #expect(!(try JSONSchema(["contains": [:], "minContains": .integer(count)]).accepts([1])))
        let node = try JSONSchema(["minLength": .integer(count), "maxItems": .number(1e300)]).rootNode
        #expect(node.minLength == JSONSchema.countLimit && node.maxItems == JSONSchema.countLimit)
    }

    @Test(arguments: [
        Sample(
            #"{"$schema":"http://json-schema.org/draft-07/schema#","dependentRequired":{"a":["b"]},"unevaluatedProperties":false,"minContains":3,"contains":{}}"#,
            [#"{"a":1}"#, "[1]"], ["[]"]),
        Sample(
            #"{"$schema":"https://json-schema.org/draft/2020-12/schema","dependencies":{"a":["b"]},"additionalItems":false}"#,
            [#"{"a":1}"#, "[1]"], []),
        Sample(
            #"{"$schema":"https://json-schema.org/draft/2019-09/schema","prefixItems":[false],"items":[true],"additionalItems":false}"#,
            ["[1]"], ["[1,2]"]),
        Sample(#"{"nonsense":1,"x-y":{"type":"nothing"},"contentEncoding":"base64"}"#, ["\"§\"", "1"], []),
    ])
    func `words that the draft doesn't know say nothing`(sample: Sample) throws { try Self.check(sample) }
}
