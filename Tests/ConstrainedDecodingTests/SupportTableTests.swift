import ConstrainedDecoding
import Foundation
import JSONSchemas
import Testing
import Tokens

/// The support table in the documentation of `Grammar`, row by row: each keyword there lets something through and keeps
/// something out.
@Suite struct SupportTableTests {
    /// A keyword, a schema that stands on it, and documents that it lets through and keeps out.
    private static let cases: [(keyword: String, schema: String, accepted: String, refused: String)] = [
        ("type", #"{"type": ["integer", "null"]}"#, "3", "true"),
        ("enum", #"{"enum": [1, {"a": 2}]}"#, #"{"a": 2}"#, #"{"a": 3}"#),
        ("const", #"{"const": "x"}"#, #""x""#, #""y""#),
        ("properties", #"{"type": "object", "properties": {"a": {"type": "null"}}}"#, #"{"a": null}"#, #"{"a": 1}"#),
        ("required", #"{"type": "object", "required": ["a"]}"#, #"{"a": 1}"#, "{}"),
        ("additionalProperties", #"{"additionalProperties": {"type": "null"}}"#, #"{"x": null}"#, #"{"x": 1}"#),
        ("patternProperties", #"{"patternProperties": {"^x": {"type": "null"}}}"#, #"{"xa": null}"#, #"{"xa": 1}"#),
        (
            "propertyNames", #"{"propertyNames": {"maxLength": 1}, "additionalProperties": true}"#, #"{"x": 1}"#,
            #"{"xy": 1}"#
        ),
        ("minProperties", #"{"type": "object", "minProperties": 1}"#, #"{"x": 1}"#, "{}"),
        ("maxProperties", #"{"additionalProperties": true, "maxProperties": 0}"#, "{}", #"{"x": 1}"#),
        (
            "dependentRequired", #"{"properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}}"#,
            #"{"a": 1, "b": 1}"#, #"{"a": 1}"#
        ),
        (
            "dependentSchemas", #"{"properties": {"a": {}}, "dependentSchemas": {"a": {"maxProperties": 0}}}"#, "{}",
            #"{"a": 1}"#
        ),
        ("items", #"{"items": {"type": "null"}}"#, "[null]", "[1]"),
        ("prefixItems", #"{"prefixItems": [{"type": "null"}]}"#, "[null, 1]", "[1]"),
        ("contains", #"{"type": "array", "contains": {"type": "null"}}"#, "[1, null]", "[1]"),
        (
            "minContains", #"{"type": "array", "contains": {"type": "null"}, "minContains": 2}"#, "[null, null]",
            "[null]"
        ),
        ("maxContains", #"{"contains": {"type": "null"}, "maxContains": 1}"#, "[null]", "[null, null]"),
        ("minItems", #"{"type": "array", "minItems": 1}"#, "[1]", "[]"),
        ("maxItems", #"{"maxItems": 1}"#, "[1]", "[1, 1]"),
        ("uniqueItems", #"{"uniqueItems": true}"#, "[1, 2]", "[1, 1]"),
        ("minLength", #"{"minLength": 2}"#, #""日本""#, #""日""#),
        ("maxLength", #"{"maxLength": 1}"#, #""日""#, #""日本""#),
        ("pattern", #"{"pattern": "b$"}"#, #""ab""#, #""ba""#),
        ("format", #"{"format": "date"}"#, #""2024-02-29""#, #""2023-02-29""#),
        ("minimum", #"{"minimum": 2}"#, "2", "1"),
        ("maximum", #"{"maximum": 2}"#, "2", "3"),
        ("exclusiveMinimum", #"{"exclusiveMinimum": 2}"#, "2.5", "2"),
        ("exclusiveMaximum", #"{"exclusiveMaximum": 2}"#, "1.5", "2"),
        ("multipleOf", #"{"multipleOf": 0.3}"#, "0.9", "1"),
        ("allOf", #"{"allOf": [{"minimum": 2}, {"maximum": 3}]}"#, "3", "4"),
        ("anyOf", #"{"anyOf": [{"type": "null"}, {"const": 1}]}"#, "1", "2"),
        ("oneOf", #"{"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]}"#, "1", "2"),
        ("not", #"{"not": {"type": "null"}}"#, "1", "null"),
        ("if", #"{"if": {"type": "integer"}, "then": {"minimum": 2}, "else": {"type": "null"}}"#, "2", "1"),
        (
            "unevaluatedProperties", #"{"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}"#,
            #"{"a": 1}"#, #"{"b": 1}"#
        ),
        ("unevaluatedItems", #"{"prefixItems": [{}], "unevaluatedItems": false}"#, "[1]", "[1, 2]"),
    ]

    @Test func `each row of the table holds, and each keyword has its row`() throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/ConstrainedDecoding/Grammar.swift")
        let rows = try String(contentsOf: source, encoding: .utf8).split(separator: "\n").filter {
            $0.hasPrefix("/// | `")
        }
        var keywords: Set<String> = []
        for row in rows {
            for name in row.split(separator: "|")[1].split(separator: ",") {
                keywords.insert(String(name.filter { $0.isLetter }))
            }
        }
        #expect(keywords == Set(Self.cases.map { $0.keyword }))
        for options in [
            GrammarOptions(additionalMembers: .asSchema),
            GrammarOptions(propertyOrder: .any, additionalMembers: .asSchema),
        ] {
            for row in Self.cases {
                let grammar = try Grammar(schema: JSONSchema(JSONValue(parsing: row.schema)), options: options)
                #expect(Self.accepts(grammar, row.accepted), "\(row.keyword): \(row.accepted)")
                #expect(!Self.accepts(grammar, row.refused), "\(row.keyword): \(row.refused)")
            }
        }
    }

    private static func accepts(_ grammar: Grammar, _ text: String) -> Bool {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        return (try? matcher.consume(bytes: text.utf8)) != nil && matcher.isAccepting
    }

    @Test(arguments: [
        (#"{"type": "array", "not": {"uniqueItems": true}}"#, GrammarError.Code.unsupported),
        (#"{"type": "array", "uniqueItems": true, "minItems": 3, "items": {"enum": [1, 2]}}"#, .unsupported),
        (#"{"type": "array", "uniqueItems": true, "contains": {"const": 1}, "minContains": 2}"#, .unsupported),
        (#"{"type": "string", "pattern": "(?!a(?=b))c"}"#, .unsupported),
        (#"{"type": "string", "pattern": "^([ab]*a[ab]{13}|c)$"}"#, .stateLimit(limit: 10_000)),
        (#"{"type": "integer", "multipleOf": 3e-19}"#, .unsupported),
    ])
    func `what a departure names is refused when compiled`(schema: String, code: GrammarError.Code) throws {
        let parsed = try JSONSchema(JSONValue(parsing: schema))
        let error = #expect(throws: GrammarError.self) { try Grammar(schema: parsed) }
        #expect(error?.code == code)
        #expect(error?.pointer != nil)
    }

    @Test func `a hostile schema ends in a refusal or a small grammar`() throws {
        let values = (0..<10_000).map { "\"value-\($0)\"" }.joined(separator: ", ")
        let grammar = try Grammar(schema: JSONSchema(JSONValue(parsing: "{\"enum\": [\(values)]}")))
        #expect(Self.accepts(grammar, "\"value-9999\"") && !Self.accepts(grammar, "\"value-10000\""))
        // Twenty objects that all overlap: each must break nineteen others.
        func overlapping(_ count: Int) throws -> JSONSchema {
            let objects = (0..<count).map { index in
                "{\"properties\": {\"a\": {\"minimum\": \(index)}, \"b\": {\"maxLength\": \(index)}, \"c\": {\"maxItems\": \(index)}}}"
            }.joined(separator: ", ")
            return try JSONSchema(JSONValue(parsing: "{\"type\": \"object\", \"oneOf\": [\(objects)]}"))
        }
        let error = #expect(throws: GrammarError.self) { try Grammar(schema: overlapping(20)) }
        #expect(error?.description.contains("need more than 10000 steps") == true)
        let small = try Grammar(schema: overlapping(2))
        #expect(Self.accepts(small, #"{"a": 0}"#) && !Self.accepts(small, #"{"a": 1}"#))
    }
}
