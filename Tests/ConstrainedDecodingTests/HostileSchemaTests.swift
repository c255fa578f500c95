import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

/// Schemas of one line that ask for more than there is, and grammars whose parts are easily confused. What is refused has a
/// neighbour that isn't.
@Suite struct HostileSchemaTests {
    private static func grammar(_ schema: String) throws -> Grammar {
        try Grammar(schema: JSONSchema(JSONValue(parsing: schema)))
    }

    /// Whether `text` is a document of `grammar`; each mask on the way is computed.
    private static func accepts(_ grammar: Grammar, _ text: String) -> Bool {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        for byte in text.utf8 {
            matcher.computeMask(&mask)
            guard (try? matcher.consume(bytes: [byte])) != nil else { return false }
        }
        return matcher.isAccepting
    }

    private static func list(_ count: Int, _ part: (Int) -> String) -> String {
        (0..<count).map(part).joined(separator: ", ")
    }

    // MARK: - What is easily confused

    private static let confusable: [(schemas: [String], accepted: [String], refused: [String])] = [
        // One character or two that look alike.
        (
            [#"{"type": "string", "pattern": "^\u00e9+$"}"#, #"{"type": "string", "pattern": "^e\u0301+$"}"#],
            ["\"\u{E9}\"", "\"e\u{301}\u{301}\""], ["\"e\u{301}\"", "\"\u{E9}\""]
        ),
        (
            [
                #"{"type": "object", "properties": {"a": {"pattern": "^\u00e9$", "type": "string"}, "b": {"pattern": "^e\u0301$", "type": "string"}}, "required": ["a", "b"], "additionalProperties": false}"#
            ],
            ["{\"a\": \"\u{E9}\", \"b\": \"e\u{301}\"}"], ["{\"a\": \"e\u{301}\", \"b\": \"e\u{301}\"}"]
        ),
        (
            [
                #"{"type": "object", "patternProperties": {"^\u00e9$": {"const": 1}, "^e\u0301$": {"const": 2}}, "additionalProperties": false}"#
            ],
            ["{\"\u{E9}\": 1, \"e\u{301}\": 2}"], ["{\"\u{E9}\": 2}"]
        ),
        // A pattern that is written as the bounds of a length might be.
        (
            [
                #"{"type": "object", "patternProperties": {"<2,5>": {"type": "integer"}}, "additionalProperties": false}"#,
                #"{"type": "object", "propertyNames": {"minLength": 2, "maxLength": 5}, "additionalProperties": true}"#,
            ],
            [#"{"x<2,5>y": 1}"#, #"{"abc": 1}"#], [#"{"abc": 1}"#, #"{"x<2,5>y": 1}"#]
        ),
        (
            [
                #"{"type": "object", "propertyNames": {"minLength": 1, "maxLength": 5}, "patternProperties": {"<1,5>": {"type": "integer"}}, "additionalProperties": {"type": "string"}}"#
            ],
            [#"{"abc": "1", "<1,5>": 1}"#], [#"{"xxxx<1,5>": 1}"#]
        ),
    ]

    @Test(arguments: confusable.indices, [false, true])
    func `parts that are written alike are told apart`(index: Int, isReversed: Bool) throws {
        let row = Self.confusable[index]
        let order = isReversed ? Array(row.schemas.indices.reversed()) : Array(row.schemas.indices)
        // All are compiled before one is used, in either order: they share what they are made of.
        let grammars = try order.map { ($0, try Self.grammar(row.schemas[$0])) }
        for (number, grammar) in grammars {
            #expect(Self.accepts(grammar, row.accepted[number]), "\(row.accepted[number])")
            #expect(!Self.accepts(grammar, row.refused[number]), "\(row.refused[number])")
        }
    }

    // MARK: - Counts

    private static let counts = [1 << 28, Int(Int32.max), 1 << 31, 1 << 32, .max]

    @Test(arguments: counts)
    func `an upper bound that no text meets is none, and a lower one is refused`(count: Int) throws {
        let upper = [
            (#""type": "string", "maxLength""#, #""ab""#), (#""type": "array", "maxItems""#, "[1, 2]"),
            (#""type": "array", "contains": {"const": 1}, "minContains": 0, "maxContains""#, "[1, 2, 1]"),
            (#""type": "object", "additionalProperties": true, "minProperties": 1, "maxProperties""#, #"{"a": 1}"#),
        ]
        for (keyword, text) in upper {
            #expect(Self.accepts(try Self.grammar("{\(keyword): \(count)}"), text), "\(keyword)")
        }
        let lower = [
            #""type": "string", "minLength""#, #""type": "string", "pattern": "^a", "minLength""#,
            #""type": "array", "minItems""#, #""type": "array", "contains": {}, "minContains""#,
            #""type": "object", "additionalProperties": true, "minProperties""#,
        ]
        for keyword in lower {
            let error = #expect(throws: GrammarError.self) { try Self.grammar("{\(keyword): \(count)}") }
            #expect(error?.code == .stateLimit(limit: 1 << 28), "\(keyword)")
            let negated = "{\"anyOf\": [{\"type\": \"null\"}], \"not\": {\(keyword): \(count)}}"
            if keyword.contains("pattern") {
                // A pattern that no string of its length fits is a mistake wherever it stands.
                let error = #expect(throws: GrammarError.self) { try Self.grammar(negated) }
                #expect(error?.code == .stateLimit(limit: 1 << 28), "\(keyword)")
            } else {
                #expect(Self.accepts(try Self.grammar(negated), "null"), "\(keyword)")
            }
        }
        for keyword in ["maxLength", "maxItems", "maxProperties"] {
            let negated = "{\"not\": {\"\(keyword)\": \(count)}}"
            let error = #expect(throws: GrammarError.self) { try Self.grammar(negated) }
            #expect(error?.code == .unsatisfiable, "\(keyword)")
            // The other way to break the part is left.
            let grammar = try Self.grammar("{\"not\": {\"type\": \"null\", \"\(keyword)\": \(count)}}")
            #expect(Self.accepts(grammar, "1") && !Self.accepts(grammar, "null"))
        }
    }

    // MARK: - Refusals in time

    @Test func `a list of itself has too few values that are known, and one with numbers enough`() throws {
        func schema(_ members: String, _ required: String) -> String {
            """
            {"type": "array", "uniqueItems": true, "minItems": 2, "items": {"$ref": "#/$defs/n"}, "$defs": {"n": {"type":
            "object", "properties": {\(members) "x": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}}, "required":
            [\(required)]}}}
            """
        }
        let error = #expect(throws: GrammarError.self) { try Self.grammar(schema("", #""x""#)) }
        #expect(error?.code == .unsupported)
        let grammar = try Self.grammar(schema(#""v": {"type": "integer"},"#, #""v", "x""#))
        #expect(Self.accepts(grammar, #"[{"v": 1, "x": null}, {"v": 2, "x": null}]"#))
        #expect(!Self.accepts(grammar, #"[{"v": 1, "x": null}, {"v": 1, "x": null}]"#))
    }

    private static let hostile: [(name: String, large: String, code: GrammarError.Code, small: String)] = [
        (
            "oneOf of constants", "{\"oneOf\": [\(list(2_000) { "{\"const\": \"a\($0)\"}" })]}",
            .stateLimit(limit: 10_000), "{\"oneOf\": [\(list(300) { "{\"const\": \"a\($0)\"}" })]}"
        ),
        (
            "oneOf of patterns",
            "{\"oneOf\": [\(list(1_000) { "{\"type\": \"string\", \"pattern\": \"^a\($0)b*c\"}" })]}",
            .stateLimit(limit: 10_000),
            "{\"oneOf\": [\(list(60) { "{\"type\": \"string\", \"pattern\": \"^a\($0)b*c\"}" })]}"
        ),
        (
            "look-aheads",
            "{\"type\": \"string\", \"pattern\": \"\("abcdefghijklmnop".map { "(?=.*\($0))" }.joined())\"}",
            .stateLimit(limit: 10_000),
            #"{"type": "string", "pattern": "(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9]).{8,32}"}"#
        ),
        (
            "dependentRequired",
            "{\"type\": \"object\", \"dependentRequired\": {\(list(4_000) { "\"a\($0)\": [\"b\"]" })}}",
            .stateLimit(limit: 1_024),
            "{\"type\": \"object\", \"dependentRequired\": {\(list(8) { "\"a\($0)\": [\"b\"]" })}}"
        ),
        (
            "many patterns",
            "{\"properties\": {\(list(100) { "\"p\($0)\": {\"pattern\": \"^[ab]*a[ab]{11}c\($0)$\"}" })}}",
            .stateLimit(limit: 200_000),
            "{\"properties\": {\(list(4) { "\"p\($0)\": {\"pattern\": \"^[ab]*a[ab]{11}c\($0)$\"}" })}}"
        ),
        (
            "minContains", #"{"type": "array", "contains": {}, "minContains": 19000}"#, .stateLimit(limit: 4_096),
            #"{"type": "array", "contains": {}, "minContains": 1000}"#
        ),
        (
            "keys of two patterns",
            #"{"type": "object", "patternProperties": {"^[a-t]$": {}, "^[A-T]$": {}}, "additionalProperties": false, "minProperties": 41}"#,
            .unsatisfiable,
            #"{"type": "object", "patternProperties": {"^[a-t]$": {}, "^[A-T]$": {}}, "additionalProperties": false, "minProperties": 40}"#
        ),
        (
            "long strings that differ",
            #"{"type": "array", "uniqueItems": true, "minItems": 2, "items": {"type": "string", "minLength": 400000000}}"#,
            .stateLimit(limit: 1 << 28),
            #"{"type": "array", "uniqueItems": true, "minItems": 2, "items": {"type": "string", "minLength": 200000000}}"#
        ),
    ]

    @Test(arguments: hostile.indices)
    func `what needs too many steps is refused before they are taken`(index: Int) throws {
        let row = Self.hostile[index]
        let error = #expect(throws: GrammarError.self, "\(row.name)") { try Self.grammar(row.large) }
        #expect(error?.code == row.code, "\(row.name)")
        var matcher = GrammarMatcher(grammar: try Self.grammar(row.small), trie: SmallVocabulary.trie)
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        matcher.computeMask(&mask)
        #expect(!mask.isEmpty, "\(row.name)")
    }
}
