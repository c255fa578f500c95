import JSONSchemas
import Testing

/// Schemas that are no schemas, or that are made to take long.
@Suite struct SchemaRefusalTests {
    @Test(
        arguments: [
            ("3", "neither an object nor a boolean"), ("[]", "neither an object nor a boolean"),
            (#"{"type":"text"}"#, "isn't a type"), (#"{"type":[]}"#, "must name a type"),
            (#"{"type":1}"#, "list of strings"), (#"{"enum":1}"#, "must be a list"),
            (#"{"required":"a"}"#, "list of strings"), (#"{"required":[1]}"#, "list of strings"),
            (#"{"required":true}"#, "list of strings"), (#"{"properties":[]}"#, "must be an object"),
            (#"{"properties":{"a":1}}"#, "neither an object"), (#"{"additionalProperties":1}"#, "neither an object"),
            (#"{"patternProperties":1}"#, "must be an object"), (#"{"patternProperties":{"(":{}}}"#, "can't be used"),
            (#"{"propertyNames":1}"#, "neither an object"), (#"{"minProperties":-1}"#, "at least 0"),
            (#"{"maxProperties":"1"}"#, "whole number"), (#"{"dependentRequired":{"a":"b"}}"#, "list of strings"),
            (#"{"dependentRequired":1}"#, "must be an object"), (#"{"dependentSchemas":[]}"#, "must be an object"),
            (#"{"dependencies":{"a":1}}"#, "neither an object"), (#"{"unevaluatedProperties":1}"#, "neither an object"),
            (#"{"prefixItems":{}}"#, "list of schemas"), (#"{"prefixItems":[]}"#, "isn't empty"),
            (#"{"items":1}"#, "neither an object"), (#"{"items":[1]}"#, "neither an object"),
            (#"{"$schema":"https://json-schema.org/draft/2020-12/schema","items":[{}]}"#, "`prefixItems`"),
            (#"{"prefixItems":[{}],"items":[{}]}"#, "beside `prefixItems`"),
            (#"{"items":[{}],"prefixItems":[{}]}"#, "beside `prefixItems`"),
            (#"{"items":[],"additionalItems":1}"#, "neither an object"), (#"{"contains":1}"#, "neither an object"),
            (#"{"minContains":-1,"contains":{}}"#, "at least 0"), (#"{"maxContains":1.5}"#, "whole number"),
            (#"{"minItems":-1}"#, "at least 0"), (#"{"maxItems":null}"#, "whole number"),
            (#"{"uniqueItems":1}"#, "`true` or `false`"), (#"{"unevaluatedItems":"x"}"#, "neither an object"),
            (#"{"minLength":"1"}"#, "whole number"), (#"{"maxLength":1.5}"#, "whole number"),
            (#"{"pattern":1}"#, "must be a string"), (#"{"pattern":"(a)\\1"}"#, "back-reference"),
            (#"{"pattern":"("}"#, "isn't closed"), (#"{"format":1}"#, "must be a string"),
            (#"{"minimum":"1"}"#, "must be a number"), (#"{"maximum":[]}"#, "must be a number"),
            (#"{"exclusiveMaximum":"1"}"#, "must be a number"),
            (#"{"$schema":"http://json-schema.org/draft-07/schema#","exclusiveMinimum":true}"#, "must be a number"),
            (#"{"multipleOf":0}"#, "above 0"), (#"{"multipleOf":-1}"#, "above 0"),
            (#"{"multipleOf":null}"#, "must be a number"),
            (#"{"allOf":[]}"#, "isn't empty"), (#"{"anyOf":{}}"#, "list of schemas"),
            (#"{"oneOf":[1]}"#, "neither an object"),
            (#"{"not":[]}"#, "neither an object"), (#"{"if":1}"#, "neither an object"),
            (#"{"if":{},"then":1}"#, "neither an object"),
            (#"{"if":{},"else":1}"#, "neither an object"), (#"{"$defs":[]}"#, "must be an object"),
            (#"{"definitions":1}"#, "must be an object"), (#"{"$schema":1}"#, "must be a string"),
            (#"{"$dynamicRef":1}"#, "must be a string"),
        ] as [(String, String)])
    func `a keyword with the wrong kind of value is refused with its place`(text: String, reason: String) throws {
        let inner = try JSONValue(parsing: text)
        let error = try #require(throws: SchemaError.self) { try JSONSchema(inner) }
        #expect(error.description.contains(reason), "\(error)")
        guard inner["$schema"] == nil else { return }
        let below = try #require(throws: SchemaError.self) { try JSONSchema(["properties": ["a": inner]]) }
        #expect(below.pointer.description == "/properties/a" + error.pointer.description)
    }

    @Test func `nesting has a limit`() throws {
        func nested(_ depth: Int) -> JSONValue {
            (0..<depth).reduce(["type": "null"]) { inner, _ in ["items": inner] }
        }
        _ = try JSONSchema(nested(127))
        let error = try #require(throws: SchemaError.self) { try JSONSchema(nested(128)) }
        #expect(error.reason.contains("nested deeper than 128"))
    }

    @Test func `a long chain of references has a limit`() throws {
        func chain(_ length: Int) -> JSONValue {
            var definitions: JSONObject = [String(length): ["type": "null"]]
            for index in 0..<length { definitions[String(index)] = ["$ref": .string("#/$defs/\(index + 1)")] }
            return ["$ref": "#/$defs/0", "$defs": .object(definitions)]
        }
        #expect(try JSONSchema(chain(400)).accepts(nil))
        #expect(!(try JSONSchema(chain(400)).accepts(1)))
        let error = try #require(throws: SchemaError.self) { try JSONSchema(chain(10_000)) }
        #expect(error.reason.contains("more than 500"))
    }

    @Test func `references that fan out exponentially are judged once each`() throws {
        var definitions: JSONObject = ["40": ["type": "integer"]]
        for index in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/\(index + 1)")]
            definitions[String(index)] = .object([
                index.isMultiple(of: 2) ? "allOf" : "anyOf": [next, next],
                "oneOf": [next, ["allOf": [next, false]]],
            ])
        }
        let schema = try JSONSchema([
            "$ref": "#/$defs/0", "$defs": .object(definitions), "unevaluatedProperties": false,
        ])
        #expect(schema.accepts(1))
        #expect(!schema.accepts("x"))
        #expect(!schema.validate([:]).isEmpty)
    }

    @Test func `a value that nests as deep as values may is judged`() throws {
        let schema = try JSONSchema(
            JSONValue(
                parsing: ##"{"anyOf":[{"type":"array","items":{"$ref":"#"}},{"allOf":[{"type":"integer"}]}]}"##))
        var value: JSONValue = 1
        for _ in 0..<511 { value = [value] }
        #expect(schema.accepts(value))
        #expect(schema.validate(value).isEmpty)
        for _ in 0..<20_000 { value = [value] }
        #expect(!schema.accepts(value))
        #expect(schema.validate(value).map(\.keyword) == ["$ref"])
    }

    @Test func `ten thousand listed values are no burden`() throws {
        let values = (0..<10_000).map { JSONValue.string("value \($0)") }
        let schema = try JSONSchema(["items": ["enum": .array(values)]])
        #expect(schema.accepts(.array(values)))
        #expect(!schema.accepts(["value 10000"]))
    }

    @Test func `what couldn't be judged fits nothing, under a "not" neither`() throws {
        let nested: JSONValue = ["anyOf": [["type": "array", "items": ["$ref": "#/$defs/a"]], ["type": "integer"]]]
        let schema = try JSONSchema(["not": ["not": ["$ref": "#/$defs/a"]], "$defs": ["a": nested]])
        let opposite = try JSONSchema(["not": ["$ref": "#/$defs/a"], "$defs": ["a": nested]])
        var value: JSONValue = 1
        for _ in 0..<500 { value = [value] }
        #expect(schema.accepts(value) && !opposite.accepts(value))
        #expect(opposite.validate(value).map(\.keyword) == ["not"])
        for _ in 0..<4_000 { value = [value] }
        for schema in [schema, opposite] {
            #expect(!schema.accepts(value))
            #expect(schema.validate(value).map(\.keyword) == ["$ref"])
        }
    }

    @Test func `thousands of canonically equivalent strings are told apart by their bytes`() throws {
        // One letter in two spellings at eleven places: all are equal to Swift's strings, and hash alike there.
        let texts = (0..<2_048).map { number in
            (0..<11).map { number >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined()
        }
        #expect(Set(texts).count == 1)
        var hashes: Set<Int> = []
        for text in texts {
            hashes.insert(JSONValue.string(text).hashValue)
            hashes.insert(JSONValue.object([text: nil]).hashValue)
            hashes.insert(JSONPointer([text]).hashValue)
            hashes.insert(try StringPattern(parsing: text).hashValue)
        }
        // A pointer of one name hashes as the name; a collision or two may be.
        #expect(hashes.count > 3 * texts.count - 10)
        let schema = try JSONSchema(["enum": .array(texts.dropLast().map { .string($0) })])
        #expect(schema.rootNode.values?.count == texts.count - 1)
        #expect(schema.accepts(.string(texts[5])) && !schema.accepts(.string(texts[2_047])))
        #expect(JSONObject(texts.map { ($0, nil) }).count == texts.count)
    }

    @Test func `ten thousand elements are compared in one pass`() throws {
        let schema = try JSONSchema(["uniqueItems": true])
        let values = (0..<10_000).map { JSONValue.object(["id": .integer($0)]) }
        #expect(schema.accepts(.array(values)))
        #expect(!schema.accepts(.array(values + [["id": 9_999.0]])))
    }
}
