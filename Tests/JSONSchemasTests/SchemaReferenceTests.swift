import JSONSchemas
import Testing

@Suite struct SchemaReferenceTests {
    private static let seven = "http://json-schema.org/draft-07/schema#"

    @Test(
        arguments: [
            // By pointer, also into unknown words and with escapes.
            (##"{"$ref":"#/x/y~1z/0","x":{"y/z":[{"type":"null"}]}}"##, "null", "1"),
            (##"{"$ref":"#/%24defs/a%22b","$defs":{"a\"b":{"type":"null"}}}"##, "null", "1"),
            (##"{"properties":{"a":{"type":"null"},"b":{"$ref":"#/properties/a"}}}"##, #"{"b":null}"#, #"{"b":1}"#),
            // By anchor.
            (##"{"$ref":"#it","$defs":{"a":{"$anchor":"it","type":"null"}}}"##, "null", "1"),
            (
                ##"{"$schema":"\##(seven)","allOf":[{"$ref":"#it"}],"definitions":{"a":{"$id":"#it","type":"null"}}}"##,
                "null", "1"
            ),
            // By address within the document.
            (
                ##"{"$id":"http://x.test/a/root.json","$ref":"item.json","$defs":{"a":{"$id":"item.json","type":"null"}}}"##,
                "null", "1"
            ),
            (
                ##"{"$id":"http://x.test/a/root.json","$ref":"/b/item.json#/$defs/n","$defs":{"a":{"$id":"../b/item.json","$defs":{"n":{"type":"null"}}}}}"##,
                "null", "1"
            ),
            (
                ##"{"$ref":"urn:x:y#it","$defs":{"a":{"$id":"urn:x:y","$defs":{"b":{"$anchor":"it","type":"null"}}}}}"##,
                "null", "1"
            ),
            // A reference inside an embedded schema starts at that schema.
            (
                ##"{"$ref":"http://x.test/b","$defs":{"n":false,"b":{"$id":"http://x.test/b","$ref":"#/$defs/n","$defs":{"n":{"type":"null"}}}}}"##,
                "null", "1"
            ),
            // Siblings count from 2019-09 on, and not before.
            (##"{"$ref":"#/$defs/a","minimum":3,"$defs":{"a":{"type":"integer"}}}"##, "3", "2"),
            (
                ##"{"$schema":"\##(seven)","$ref":"#/definitions/a","minimum":3,"definitions":{"a":{"type":"integer"}}}"##,
                "2", "null"
            ),
            // A reference that means whichever schema was entered first.
            (
                ##"{"$id":"http://x.test/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,"$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","properties":{"kids":{"items":{"$dynamicRef":"#node"}}}}}}"##,
                #"{"kids":[{"kids":[]}]}"#, #"{"kids":[{"kid":[]}]}"#
            ),
            (##"{"$dynamicRef":"#it","$defs":{"a":{"$dynamicAnchor":"it","type":"null"}}}"##, "null", "1"),
            (
                ##"{"$schema":"https://json-schema.org/draft/2019-09/schema","properties":{"a":{"$recursiveRef":"#"}},"additionalProperties":false}"##,
                #"{"a":{}}"#, #"{"a":{"b":1}}"#
            ),
        ] as [(String, String, String)])
    func `a reference finds its schema`(text: String, yes: String, no: String) throws {
        let schema = try JSONSchema(JSONValue(parsing: text))
        #expect(schema.accepts(try JSONValue(parsing: yes)))
        #expect(!schema.accepts(try JSONValue(parsing: no)))
    }

    @Test(
        arguments: [
            (##"{"$ref":"http://x.test/y"}"##, "must be local"), (##"{"$ref":"other.json#/a"}"##, "must be local"),
            (##"{"$ref":"http://json-schema.org/draft-07/schema#"}"##, "names the schema of schemas"),
            (##"{"$ref":"#/$defs/x"}"##, "isn't a schema here"), (##"{"$ref":"#x"}"##, "isn't a schema here"),
            (##"{"$ref":"#/a","a":[1]}"##, "isn't a schema here"),
            (##"{"$ref":"#/a~2","a~2":{}}"##, "isn't a JSON pointer"),
            (##"{"$ref":"#/%zz"}"##, "isn't a JSON pointer"), (##"{"$ref":3}"##, "must be a string"),
            (##"{"$ref":"#"}"##, "leads back to itself"), (##"{"not":{"$ref":"#"}}"##, "leads back to itself"),
            (##"{"allOf":[{"if":{"$ref":"#"}}]}"##, "leads back to itself"),
            (##"{"dependentSchemas":{"a":{"$ref":"#"}}}"##, "leads back to itself"),
            (
                ##"{"$ref":"#/$defs/a","$defs":{"a":{"oneOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}}"##,
                "leads back to itself"
            ),
            (##"{"$schema":"http://x.test/mine","type":"null"}"##, "none of the drafts"),
            (##"{"$schema":"http://json-schema.org/draft-03/schema#"}"##, "none of the drafts"),
            (##"{"items":{"$id":"a","$schema":"http://x.test/mine"}}"##, "none of the drafts"),
            (
                ##"{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"properties":{"a":{"$id":"b","$recursiveRef":"#"}}}"##,
                "may mean several"
            ),
        ] as [(String, String)])
    func `a reference that can't be followed is refused with the reason`(text: String, reason: String) throws {
        let error = try #require(throws: SchemaError.self) { try JSONSchema(JSONValue(parsing: text)) }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test(
        arguments: [
            // One letter in two spellings, which Swift's strings hold for equal: by pointer, anchor and address.
            ##"{"properties":{"a":{"$ref":"#/$defs/é"},"b":{"$ref":"#/$defs/e\u0301"}},"$defs":{"é":{"type":"string"},"e\u0301":{"type":"integer"}}}"##,
            ##"{"properties":{"a":{"$ref":"#é"},"b":{"$ref":"#e\u0301"}},"$defs":{"x":{"$anchor":"é","type":"string"},"y":{"$anchor":"e\u0301","type":"integer"}}}"##,
            ##"{"properties":{"a":{"$ref":"é"},"b":{"$ref":"e\u0301"}},"$defs":{"x":{"$id":"é","type":"string"},"y":{"$id":"e\u0301","type":"integer"}}}"##,
            // The control.
            ##"{"properties":{"a":{"$ref":"#/$defs/x"},"b":{"$ref":"#/$defs/y"}},"$defs":{"x":{"type":"string"},"y":{"type":"integer"}}}"##,
        ])
    func `names that are only canonically equivalent are two`(text: String) throws {
        let schema = try JSONSchema(JSONValue(parsing: text))
        #expect(schema.accepts(["a": "y", "b": 1]))
        #expect(!schema.accepts(["a": 1]))
        #expect(!schema.accepts(["b": "y"]))
    }

    @Test func `an address has a limit, however it comes to be`() throws {
        func schema(root: Int, own: Int) -> JSONValue {
            [
                "$id": .string("http://x.test/" + String(repeating: "a", count: root) + "/"),
                "properties": ["a": ["$id": .string(String(repeating: "b", count: own)), "type": "null"]],
            ]
        }
        #expect(try JSONSchema(schema(root: 900, own: 900)).accepts(["a": nil]))
        for (root, own, place) in [(2_000, 1, ""), (1, 2_000, "/properties/a"), (1_100, 1_100, "/properties/a")] {
            let error = try #require(throws: SchemaError.self) { try JSONSchema(schema(root: root, own: own)) }
            #expect(error.reason.contains("bytes, more than 2000") && error.keyword == "$id", "\(error)")
            #expect(error.pointer.description == place)
        }
        // In a definition it counts once a reference leads there.
        let long: JSONValue = [
            "$id": .string(String(repeating: "b", count: 3_000)), "$anchor": "c", "$defs": ["d": [:]],
        ]
        #expect(try JSONSchema(["$defs": ["x": long, "y": ["$anchor": "y"]], "$ref": "#y"]).accepts(1))
        for reference in ["#/$defs/x", "#/$defs/x/$defs/d", "#c"] {
            #expect(throws: SchemaError.self) {
                try JSONSchema(["$defs": ["x": long], "$ref": .string(reference)])
            }
        }
    }

    @Test func `dynamic references that many ways lead to have a limit`() throws {
        // Each schema can go on in each other one, and all have the anchor: every order of them is a way.
        var definitions = JSONObject()
        for name in 0..<9 {
            let steps = (0..<9).map { JSONValue.object(["properties": [String($0): ["$ref": .string("s\($0)")]]]) }
            definitions[String(name)] = [
                "$id": .string("s\(name)"), "$dynamicAnchor": "a", "anyOf": .array(steps),
                "items": ["$dynamicRef": "#a"],
            ]
        }
        let error = try #require(throws: SchemaError.self) {
            try JSONSchema(["$ref": "s0", "$defs": .object(definitions)])
        }
        #expect(error.reason.contains("more than 200 ways"))
    }

    @Test func `thousands of embedded schemas are told apart quickly`() throws {
        var definitions = JSONObject()
        var uses = JSONObject()
        for index in 0..<20_000 {
            definitions[String(index)] = ["$id": .string("s\(index)"), "const": .integer(index)]
            uses[String(index)] = ["$ref": .string("s\(index)")]
        }
        let schema = try JSONSchema(["properties": .object(uses), "$defs": .object(definitions)])
        #expect(schema.accepts(["19999": 19_999]))
        #expect(!schema.accepts(["19999": 19_998]))
    }

    @Test func `a definition that nothing leads to isn't read`() throws {
        let schema = try JSONSchema(JSONValue(parsing: #"{"$defs":{"a":{"type":"nothing"}},"type":"null"}"#))
        #expect(schema.nodes.count == 1)
        #expect(schema.firstKeywordBeyondMembers?.reason.contains("isn't a type") == true)
    }

    @Test func `a definition that many references lead to is read once`() throws {
        let uses = (0..<50).map { ##""p\##($0)":{"$ref":"#/$defs/a"}"## }.joined(separator: ",")
        let schema = try JSONSchema(
            JSONValue(parsing: #"{"properties":{\#(uses)},"$defs":{"a":{"properties":{"x":{}}}}}"#))
        #expect(schema.nodes.count == 1 + 50 + 2)
    }
}
