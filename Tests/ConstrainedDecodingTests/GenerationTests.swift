import ConstrainedDecoding
import JSONSchemas
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
    ]

    private static let optionSets = [
        GrammarOptions(),
        GrammarOptions(separators: .compact, numberDigitLimit: 3, stringLengthLimit: 5, nestingLimit: 4),
    ]

    @Test(arguments: schemas)
    func `a masked generation ends and validates`(schema text: String) throws {
        let schema = try JSONSchema(JSONValue(parsing: text))
        for options in Self.optionSets {
            let grammar = try Grammar(schema: schema, options: options)
            for seed in 0..<12 {
                var generator = SeededGenerator(seed: UInt64(seed))
                let output = try Self.generate(grammar, onlyBytes: seed.isMultiple(of: 3), using: &generator)
                let shown = String(decoding: output, as: UTF8.self)
                let value = try JSONValue(parsing: output)
                #expect(schema.validate(value).isEmpty, "\(shown)")
            }
        }
    }

    @Test(arguments: schemas)
    func `each mask is what single tokens prove, and none is empty`(schema text: String) throws {
        let grammar = try Grammar(schema: JSONSchema(JSONValue(parsing: text)))
        var generator = SeededGenerator(seed: 3)
        _ = try Self.generate(grammar, onlyBytes: false, using: &generator) { matcher, mask in
            let wrong = (0..<Int32(SmallVocabulary.vocabulary.count)).map { TokenID($0) }.filter { token in
                var attempt = matcher
                return mask.contains(token) != ((try? attempt.consume(token)) != nil)
            }
            #expect(wrong.isEmpty, "tokens \(wrong) after \(String(decoding: matcher.output, as: UTF8.self))")
        }
    }

    /// Samples until the end. Past 150 bytes what closes is preferred, so that recursion comes to an end.
    static func generate(
        _ grammar: Grammar, onlyBytes: Bool, using generator: inout SeededGenerator,
        each body: (GrammarMatcher, TokenMask) -> Void = { _, _ in }
    ) throws -> [UInt8] {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        let closers = "\"}]".utf8.map { TokenID(Int32($0)) }
        var steps = 0
        while true {
            matcher.computeMask(&mask)
            steps += 1
            try #require(!mask.isEmpty && steps < 5_000, "\(String(decoding: matcher.output, as: UTF8.self))")
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
