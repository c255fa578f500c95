import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

@Suite struct GrammarTests {
    private static func grammar(_ schema: String, _ options: GrammarOptions = GrammarOptions()) throws
        -> Grammar
    {
        try Grammar(schema: JSONSchema(JSONValue(parsing: schema)), options: options)
    }

    @Test func `a suffix belongs to the document`() throws {
        let schema = try JSONSchema(["enum": ["x", "y"]])
        let open = try Grammar(schema: schema)
        let closed = try Grammar(schema: schema, suffix: Array("\n```".utf8))
        #expect(Self.accepts(open, "\"x\""))
        #expect(!Self.accepts(open, "\"x\"\n```"))
        #expect(Self.accepts(closed, "\"x\"\n```"))
        #expect(!Self.accepts(closed, "\"x\""))
    }

    private static func accepts(_ grammar: Grammar, _ text: String) -> Bool {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        guard (try? matcher.consume(bytes: text.utf8)) != nil else { return false }
        return matcher.isAccepting
    }

    @Test(arguments: [
        (#"{"type": "object"}"#, ["{}"], [#"{"a": 1}"#]),
        (
            #"{"type": "object", "additionalProperties": true}"#, ["{}", #"{"a": 1, "b": {"a": 1}}"#],
            [#"{"a": 1, "a": 1}"#]
        ),
        (
            "{}", [#"{"a": [1, {"b": null}]}"#, "1e-7", #""x""#],
            [#"{"a": 1,"b": 2}"#, "01", "1.", "[1 ]", " 1", "1 ", "nul"]
        ),
        (
            #"{"properties": {"é": {}}, "type": "object", "additionalProperties": {"type": "integer"}}"#,
            [#"{"é": "x", "e": 1}"#, #"{"z": 1, "y": 2}"#, #"{"\u001f": 1, "\n": 2}"#],
            [#"{"z": 1, "é": "x"}"#, #"{"z": "x"}"#, #"{"\u00e9": 1}"#, #"{"\u001F": 1}"#, #"{"a\/": 1}"#]
        ),
        (
            #"{"type": "string"}"#, [#""\/\b\f\n\r\t\"\\""#, #""\u0000\u001F""#, "\"\u{7F}\""],
            [#""\u0041""#, #""\u000a""#, "\"\n\"", #""\x""#]
        ),
        (#"{"type": "string", "maxLength": 2}"#, [#""🙂🙂""#, #""\n\"""#, #""""#], [#""🙂🙂a""#, #""abc""#]),
        (#"{"type": "string", "pattern": "b"}"#, [#""b""#, #""abc""#], [#""""#, #""ac""#]),
        (#"{"type": "string", "pattern": "^$"}"#, [#""""#], [#""a""#]),
        (#"{"type": "string", "pattern": "a$|^b"}"#, [#""ca""#, #""bc""#], [#""cb""#, #""ab""#]),
        (
            #"{"type": "integer"}"#, ["0", "-1", "1234567890123456"],
            ["-0", "01", "1.0", "1e2", "12345678901234567", "-"]
        ),
        (
            #"{"type": "number"}"#, ["0", "-0", "-0.5", "1.25e-10", "1E+9", "3e5"],
            ["1e100", "1.e5", ".5", "+1"]
        ),
        (#"{"type": "number", "minimum": 0}"#, ["0", "0.0", "17.5"], ["-1", "-0", "1e5"]),
        (
            #"{"type": "array", "items": {"const": 1}, "minItems": 1, "maxItems": 2}"#, ["[1]", "[1, 1]"],
            ["[]", "[1, 1, 1]", "[1,1]"]
        ),
        (
            #"{"type": "object", "required": ["b"], "properties": {"a": {"const": 1}}}"#,
            [#"{"a": 1, "b": []}"#, #"{"b": {"x": 1}}"#], [#"{"b": 1, "a": 1}"#, "{}"]
        ),
    ])
    func `documents in the generated form are accepted and no others`(
        schema: String, accepted: [String], refused: [String]
    ) throws {
        let grammar = try Self.grammar(schema)
        for text in accepted { #expect(Self.accepts(grammar, text), "\(text)") }
        for text in refused { #expect(!Self.accepts(grammar, text), "\(text)") }
    }

    @Test(arguments: [
        (
            #"{"type": "object", "properties": {"a": {"type": "string", "pattern": "^abc", "maxLength": 2}}}"#,
            "/properties/a"
        ),
        (#"{"type": "string", "pattern": "^a$", "minLength": 2}"#, ""),
        (#"{"type": "string", "pattern": "a^"}"#, ""),
        (#"{"type": "array", "items": {"type": "string", "pattern": "[^\\s\\S]"}, "minItems": 1}"#, "/items"),
        (
            #"{"anyOf": [{"type": "null"}, {"type": "string", "pattern": "^..$", "maxLength": 1}]}"#,
            "/anyOf/1"
        ),
    ])
    func `a schema that nothing fits is refused by place and reason`(schema: String, pointer: String) throws {
        let parsed = try JSONSchema(JSONValue(parsing: schema))
        let error = #expect(throws: GrammarError.self) { try Grammar(schema: parsed) }
        #expect(error?.code == .unsatisfiable)
        #expect(error?.pointer?.description ?? "none" == pointer)
        #expect(error?.description.contains("pattern") == true)
        #expect(error?.description.hasPrefix("Can't compile grammar: ") == true)
    }

    @Test(arguments: [
        #"{"enum": ["a", "b"], "type": "integer"}"#,
        #"{"type": "array", "minItems": 3, "maxItems": 2}"#,
        ##"{"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "required": ["a"]}}}"##,
        #"{"type": "integer", "minimum": 0.1, "maximum": 0.9}"#,
        #"{"type": "string", "minLength": 3, "maxLength": 2}"#,
    ])
    func `what no value can fit doesn't reach a model`(schema: String) throws {
        // Most of these the schema's own check refuses; whichever comes first, it is an error with a place.
        #expect(throws: (any Error).self) {
            _ = try Grammar(schema: JSONSchema(JSONValue(parsing: schema)))
        }
    }

    @Test func `a value that must nest deeper than the limit is refused`() throws {
        let schema =
            #"{"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 1, "items": {"type": "array"}}}"#
        #expect(Self.accepts(try Self.grammar(schema, GrammarOptions(nestingLimit: 3)), "[[[]]]"))
        let error = #expect(throws: GrammarError.self) {
            try Self.grammar(schema, GrammarOptions(nestingLimit: 2))
        }
        #expect(error?.code == .unsatisfiable)
    }

    @Test func `many patterns that exclude each other are within the limit`() throws {
        // Which of 14 patterns a string has met so far would be 2^14 states; all but one mustn't be met.
        let parts = "ABCDEFGHIJKLMN".map { #"{"pattern": "\#($0)x"}"# }.joined(separator: ", ")
        let grammar = try Self.grammar(#"{"type": "string", "oneOf": [\#(parts)]}"#)
        #expect(Self.accepts(grammar, #""Ax""#))
        #expect(Self.accepts(grammar, #""xAxABx""#) == false)
        #expect(Self.accepts(grammar, #""NM Nx""#))
        #expect(!Self.accepts(grammar, #""no""#))
    }

    @Test func `a pattern with too many states is refused within the limit`() throws {
        let schema =
            #"{"type": "object", "properties": {"a": {"type": "string", "pattern": "[ab]*a[ab]{13}$"}}}"#
        let error = #expect(throws: GrammarError.self) {
            try Self.grammar(schema, GrammarOptions(stateLimit: 2_000))
        }
        #expect(error?.code == .stateLimit(limit: 2_000))
        #expect(error?.pointer?.description == "/properties/a")
        // The same pattern is fine where the limit is larger.
        _ = try Self.grammar(schema, GrammarOptions(stateLimit: 40_000))
    }

    @Test func `no additional key is one that is declared or already there`() throws {
        let schema =
            #"{"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": {"const": 1}}"#
        let grammar = try Self.grammar(schema)
        #expect(Self.accepts(grammar, #"{"b": 1, "ab": 1}"#))
        #expect(!Self.accepts(grammar, #"{"b": 1, "a": 1}"#))
        #expect(!Self.accepts(grammar, #"{"b": 1, "ab": 1, "b": 1}"#))
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        try matcher.consume(bytes: #"{"ab": 1, "ab"#.utf8)
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        matcher.computeMask(&mask)
        #expect(!mask.contains(TokenID(Int32(UInt8(ascii: "\"")))))
        #expect(mask.contains(TokenID(Int32(UInt8(ascii: "a")))))
    }

    @Test func `a token that ends a key and writes the next is allowed exactly if they differ`() throws {
        let schema =
            #"{"type": "object", "properties": {"c": {"const": 1}}, "additionalProperties": {"type": "integer"}}"#
        let grammar = try Self.grammar(schema)
        for (start, allowed, denied) in [
            (
                "{\"a", [#"": 1, ""#, #"": 1, "b": 2}"#, #"b": 1, "b": "#],
                [#"": 1, "a""#, #"b": 1, "c": 1, "b""#]
            ),
            ("{\"b\": 1, \"x", [#"": 1, "a""#, #"a": 1, "a": 1"#], [#"": 1, "b": 2}"#]),
            ("{\"", ["abc"], [#"b": 1, "b": "#, #"a": 1, "a": 1"#]),
        ] {
            var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
            try matcher.consume(bytes: start.utf8)
            var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
            matcher.computeMask(&mask)
            let texts = Set(mask.allowedTokens.map { Array(SmallVocabulary.vocabulary.bytes(of: $0)) })
            for text in allowed { #expect(texts.contains(Array(text.utf8)), "\(text) after \(start)") }
            for text in denied { #expect(!texts.contains(Array(text.utf8)), "\(text) after \(start)") }
        }
    }

    @Test func `the key length limit leaves no dead end`() throws {
        let schema = #"{"type": "object", "additionalProperties": {"const": 1}, "required": []}"#
        let grammar = try Self.grammar(schema, GrammarOptions(stringLengthLimit: 1))
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        try matcher.consume(bytes: #"{"a": 1, ""#.utf8)
        #expect(throws: GrammarError.self) { try matcher.consume(bytes: "a".utf8) }
        try matcher.consume(bytes: #"b": 1}"#.utf8)
        #expect(matcher.isFinished)
    }
}
