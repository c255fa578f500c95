import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

@Suite struct MetLimitTests {
    /// Members that fit both patterns have 16 cases; either alone has 4.
    private static let schema = #"""
        {"type": "object", "additionalProperties": false, "patternProperties": {
         "^a": {"anyOf": [{"pattern": "^k"}, {"pattern": "^l"}, {"pattern": "^m"}, {"minimum": 1}]},
         "b$": {"anyOf": [{"pattern": "r$"}, {"pattern": "s$"}, {"pattern": "t$"}, {"maximum": 9}]}}}
        """#

    private static func grammar(_ branchLimit: Int) throws -> Grammar {
        try Grammar(
            schema: JSONSchema(JSONValue(parsing: schema)), options: GrammarOptions(branchLimit: branchLimit))
    }

    private static func matcher(_ text: String, of grammar: Grammar) throws -> GrammarMatcher {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        try matcher.consume(bytes: text.utf8)
        return matcher
    }

    @Test func `what lies behind a limit isn't offered, and the matcher and the grammar say so`() throws {
        let grammar = try Self.grammar(8)
        do {
            #expect(try Self.matcher("", of: grammar).limitMet == nil)
            let plain = try Self.matcher(#"{"a": "k", "xb": 2"#, of: grammar)
            #expect(plain.limitMet?.description.contains("more than 8 cases") == true)
            #expect(throws: GrammarError.self) { try Self.matcher(#"{"ab": "kr""#, of: grammar) }
        }
        #expect(grammar.limitMet != nil)
        // The control: with room for all cases it is offered.
        let wide = try Self.grammar(512)
        #expect(try Self.matcher(#"{"ab": "kr"}"#, of: wide).isAccepting)
        #expect(wide.limitMet == nil)
    }

    @Test func `a limit that one generation met is none for the next`() throws {
        let grammar = try Self.grammar(8)
        _ = try Self.matcher(#"{"a": "#, of: grammar)
        #expect(grammar.limitMet != nil)
        #expect(try Self.matcher("", of: grammar).limitMet == nil)
    }
}
