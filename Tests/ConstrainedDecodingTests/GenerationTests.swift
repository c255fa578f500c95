import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

/// Random generation through the masks: whatever is sampled, the document is complete and valid.
@Suite struct GenerationTests {
    static let schemas = [
        #"{}"#,
        #"{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]}"#,
        #"{"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 9}}"#,
        #"{"type": "object", "properties": {"a": {"type": "null"}, "name": {}}, "additionalProperties": true, "required": ["x"]}"#,
        #"{"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 5}"#,
        #"{"type": "array", "items": {"type": "array", "items": {"type": "boolean"}, "minItems": 1}}"#,
        #"{"type": "string", "minLength": 3, "maxLength": 8}"#,
        #"{"type": "string", "pattern": "^[A-Z]{2,4}-[0-9]+$", "maxLength": 9}"#,
        #"{"type": "string", "pattern": "日|é", "minLength": 4, "maxLength": 12}"#,
        #"{"type": "string", "pattern": "[^a-z]\\s\\D{2}", "maxLength": 40}"#,
        #"{"type": "string", "pattern": "^(?:(?:a|b)*abb|\\d{3,5})$", "minLength": 4, "maxLength": 20}"#,
        #"{"type": "integer", "minimum": -1234567, "maximum": 98765}"#,
        #"{"type": "integer", "minimum": 9007199254740990}"#,
        #"{"type": "integer", "maximum": -17}"#,
        #"{"type": "number", "minimum": 0.1, "maximum": 0.3}"#,
        #"{"type": "number", "minimum": -1e-7, "maximum": 1e21}"#,
        #"{"type": "number", "maximum": -99.995}"#,
        #"{"type": ["integer", "null", "array"], "items": {"type": "null"}, "maximum": 3}"#,
        #"{"anyOf": [{"type": "string", "maxLength": 2}, {"type": "string", "pattern": "^xyz"}, {"type": "integer"}]}"#,
        #"{"anyOf": [{"const": {"kind": "leaf"}}, {"type": "object", "properties": {"kind": {"const": "leaf"}, "value": {}}, "required": ["kind", "value"]}]}"#,
        ##"{"$defs": {"tree": {"type": "object", "properties": {"value": {"type": "string"}, "left": {"$ref": "#/$defs/tree"}, "right": {"$ref": "#/$defs/tree"}}, "required": ["value"]}}, "$ref": "#/$defs/tree"}"##,
        ##"{"$defs": {"l": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/l"}, "minItems": 1}]}}, "$ref": "#/$defs/l"}"##,
        #"{"type": "object", "properties": {"low": {"enum": ["low", "medium", "high"]}, "é\"": {"type": "boolean"}}, "required": ["é\""]}"#,
        #"{"minLength": 2, "minItems": 1, "minimum": 3}"#,
        // Combinations of objects.
        #"{"oneOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}]}"#,
        #"{"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}, {"required": ["c"]}], "properties": {"a": {"const": 1}, "b": {"type": "null"}, "c": {}}}"#,
        #"{"oneOf": [{"type": "integer", "minimum": 0}, {"type": "number", "maximum": 5}, {"type": "string", "maxLength": 2}, {"type": "string", "pattern": "^a"}]}"#,
        #"{"not": {"type": ["object", "string", "array"]}}"#,
        #"{"type": "object", "properties": {"a": {"type": "integer"}}, "not": {"properties": {"a": {"minimum": 3}}, "required": ["a"]}}"#,
        #"{"type": "object", "required": ["k"], "properties": {"k": {"enum": ["x", "y"]}}, "if": {"properties": {"k": {"const": "x"}}}, "then": {"required": ["a"]}, "else": {"properties": {"b": {"type": "null"}}, "required": ["b"]}}"#,
        #"{"type": "object", "properties": {"a": {}, "b": {"type": "null"}, "c": {"type": "boolean"}}, "dependentRequired": {"a": ["b"], "b": ["c"]}}"#,
        #"{"type": "object", "properties": {"a": {"type": "null"}}, "dependentSchemas": {"a": {"properties": {"b": {"const": 2}}, "required": ["b"]}}}"#,
        #"{"allOf": [{"properties": {"a": {"minimum": 2}}, "required": ["a"]}, {"properties": {"a": {"type": "integer", "maximum": 4}}, "additionalProperties": false}]}"#,
        #"{"type": "object", "minProperties": 2, "maxProperties": 3, "additionalProperties": {"type": "null"}}"#,
        #"{"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}}, "additionalProperties": false, "minProperties": 2}"#,
        #"{"type": "object", "patternProperties": {"^a": {"type": "integer"}, "b$": {"minimum": 5}}, "additionalProperties": false, "minProperties": 1}"#,
        #"{"type": "object", "patternProperties": {"^[ab]$": {"type": "null"}}, "additionalProperties": false, "minProperties": 2}"#,
        #"{"type": "object", "propertyNames": {"pattern": "^[a-c]{2}$"}, "additionalProperties": {"type": "boolean"}, "minProperties": 1}"#,
        #"{"type": "object", "propertyNames": {"enum": ["a", "b", "name"]}, "minProperties": 2, "additionalProperties": {"type": "null"}}"#,
        #"{"properties": {"a": {"type": "null"}}, "type": "object", "allOf": [{"properties": {"b": {"type": "null"}}}], "unevaluatedProperties": false}"#,
        #"{"type": "object", "not": {"additionalProperties": {"type": "integer"}}}"#,
        #"{"not": {"enum": ["a", "ab", 1, null, {"a": 1}, [1]]}, "type": ["string", "object", "array", "integer", "null"]}"#,
        #"{"type": "object", "not": {"const": {"a": 1, "b": 2}}, "properties": {"a": {"const": 1}, "b": {"enum": [2, 3]}}, "additionalProperties": false}"#,
        // Arrays.
        #"{"type": "array", "prefixItems": [{"type": "null"}, {"type": "boolean"}], "items": {"type": "integer"}, "minItems": 3, "maxItems": 4}"#,
        #"{"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 20}, "contains": {"minimum": 10}, "minContains": 2, "maxContains": 3, "maxItems": 5}"#,
        #"{"type": "array", "items": {"enum": ["a", "b", 1, 2]}, "uniqueItems": true, "minItems": 3}"#,
        #"{"type": "array", "items": {"type": "string", "pattern": "^(a|ab|b+)$"}, "uniqueItems": true, "maxItems": 4}"#,
        #"{"type": "array", "items": {"enum": ["a", "b", 1, 2]}, "uniqueItems": true, "contains": {"enum": [1, 2]}, "minContains": 2}"#,
        #"{"type": "array", "items": {"type": "number"}, "uniqueItems": true, "contains": {"type": "integer"}, "minContains": 2, "maxItems": 6}"#,
        #"{"type": "array", "items": {"type": "object", "properties": {"a": {"enum": [1, 2]}, "b": {"type": "boolean"}}, "required": ["a"], "additionalProperties": false}, "uniqueItems": true, "maxItems": 4}"#,
        #"{"type": "array", "not": {"items": {"type": "integer"}}, "items": {"type": ["integer", "null"]}, "maxItems": 3}"#,
        #"{"type": "array", "prefixItems": [{"const": 1}], "unevaluatedItems": {"type": "null"}, "maxItems": 3}"#,
        // Scalars.
        #"{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}"#,
        #"{"type": "number", "multipleOf": 0.25, "minimum": -1, "maximum": 1}"#,
        #"{"type": "integer", "multipleOf": 7, "minimum": 100, "not": {"multipleOf": 5}}"#,
        #"{"type": "integer", "minimum": 1, "maximum": 12, "not": {"enum": [1, 10, 11, 12]}}"#,
        #"{"type": "number", "not": {"type": "integer"}, "minimum": 3, "maximum": 4}"#,
        #"{"type": "string", "pattern": "^[a-z]+$", "not": {"pattern": "ab"}, "minLength": 2, "maxLength": 6}"#,
        #"{"type": "string", "pattern": "^(?!ab)[abx]{1,4}$"}"#,
        #"{"type": "string", "pattern": "^(a|b(?=x))*x$", "maxLength": 6}"#,
        #"{"type": "string", "pattern": "\\bab\\b", "maxLength": 8}"#,
        #"{"type": "string", "pattern": "^[ab]{1,2}$", "not": {"enum": ["a", "ab", "ba", "bb"]}}"#,
        #"{"type": "string", "format": "date"}"#,
        #"{"type": "string", "format": "uuid"}"#,
        #"{"type": "string", "format": "ipv4"}"#,
    ]

    private static let optionSets = [
        GrammarOptions(),
        GrammarOptions(separators: .compact, numberDigitLimit: 3, stringLengthLimit: 5, nestingLimit: 4),
        GrammarOptions(
            additionalMembers: .asSchema, numberForms: .all, numberDigitLimit: 4, stringLengthLimit: 9, nestingLimit: 5),
        GrammarOptions(propertyOrder: .any, numberForms: .all, nestingLimit: 6),
    ]

    @Test(arguments: schemas)
    func `a masked generation ends and validates`(schema text: String) throws {
        let schema = try JSONSchema(JSONValue(parsing: text))
        var finished = 0
        defer { #expect(finished >= 24, "most end by themselves") }
        for options in Self.optionSets {
            let grammar = try Grammar(schema: schema, options: options)
            defer { #expect(grammar.limitMet == nil) }
            for seed in 0..<12 {
                var generator = SeededGenerator(seed: UInt64(seed))
                guard
                    let output = try Self.generate(grammar, onlyBytes: seed.isMultiple(of: 3), using: &generator)
                else { continue }
                finished += 1
                let shown = String(decoding: output, as: UTF8.self)
                let value = try JSONValue(parsing: output)
                #expect(schema.accepts(value), "\(shown)")
            }
        }
    }

    @Test(arguments: schemas)
    func `each mask is what single tokens prove, and none is empty`(schema text: String) throws {
        for options in Self.optionSets {
            let grammar = try Grammar(schema: JSONSchema(JSONValue(parsing: text)), options: options)
            for seed in 3..<5 {
                var generator = SeededGenerator(seed: UInt64(seed))
                _ = try Self.generate(grammar, onlyBytes: false, using: &generator) { matcher, mask in
                    let wrong = (0..<Int32(SmallVocabulary.vocabulary.count)).map { TokenID($0) }.filter { token in
                        var attempt = matcher
                        return mask.contains(token) != ((try? attempt.consume(token)) != nil)
                    }
                    #expect(wrong.isEmpty, "tokens \(wrong) after \(String(decoding: matcher.output, as: UTF8.self))")
                }
            }
        }
    }

    /// Samples until the end. Past 150 bytes what closes is preferred, so that recursion comes to an end. `nil` if the
    /// walk doesn't come to one: chance may never find the name of a required member among all keys.
    static func generate(
        _ grammar: Grammar, onlyBytes: Bool, using generator: inout SeededGenerator,
        each body: (GrammarMatcher, TokenMask) -> Void = { _, _ in }
    ) throws -> [UInt8]? {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        let closers = "\"}]".utf8.map { TokenID(Int32($0)) }
        var steps = 0
        while true {
            matcher.computeMask(&mask)
            steps += 1
            if steps == 900 { return nil }
            try #require(!mask.isEmpty, "\(String(decoding: matcher.output, as: UTF8.self))")
            if steps <= 60 { body(matcher, mask) }
            #expect(mask.contains(SmallVocabulary.end) == matcher.isAccepting)
            if matcher.isAccepting,
                matcher.isFinished || matcher.output.count > 150
                    || Int.random(in: 0..<3, using: &generator) == 0
            {
                try matcher.consume(SmallVocabulary.end)
                #expect(matcher.isFinished)
                return matcher.output
            }
            var choices = mask.allowedTokens.filter {
                $0 != SmallVocabulary.end && $0 != SmallVocabulary.otherEnd
            }
            if matcher.output.count > 150, let closer = closers.first(where: mask.contains) {
                choices = [closer]
            } else if onlyBytes {
                choices = choices.filter { $0.rawValue < 256 }
            }
            let token = try #require(choices.randomElement(using: &generator))
            try matcher.consume(token)
        }
    }
}
