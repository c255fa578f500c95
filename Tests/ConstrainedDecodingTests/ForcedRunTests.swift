import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

@Suite struct ForcedRunTests {
    @Test(arguments: FiniteLanguage.all, [12, 60, 200])
    func `forced tokens are those of the text as it will be`(language: FiniteLanguage, count: Int)
        async throws
    {
        let documents = language.documents.map { Array($0.utf8) }
        let pairs = BytePairs(texts: Array(documents.prefix(200)), count: count)
        let grammar = try language.grammar()
        var generator = SeededGenerator(seed: UInt64(count))
        for document in documents.shuffled(using: &generator).prefix(30) {
            let tokens = pairs.tokens(of: document)
            var matcher = GrammarMatcher(grammar: grammar, trie: pairs.trie)
            for index in tokens.indices {
                let run = try await matcher.forcedRun(after: Array(tokens[..<index]), trie: pairs.trie) { texts in
                    texts.map { pairs.tokens(of: $0) }
                }
                let rest = tokens[index...]
                #expect(
                    rest.starts(with: run.certain),
                    "\(Self.shown(run.certain, pairs)) before \(Self.shown(Array(rest), pairs))")
                // What is held back is so for a reason: it isn't more than the fixed bytes and one token.
                var end = matcher
                for token in run.certain + run.drafts { try end.consume(token) }
                try matcher.consume(tokens[index])
            }
        }
    }

    @Test func `all fixed tokens are certain when nothing can follow or merge`() async throws {
        let grammar = try Grammar(schema: JSONSchema(["const": "only this"]))
        let pairs = BytePairs(texts: [Array(#""only this""#.utf8), Array(#""only that""#.utf8)], count: 40)
        var matcher = GrammarMatcher(grammar: grammar, trie: pairs.trie)
        let run = try await matcher.forcedRun(after: [], trie: pairs.trie) { $0.map { pairs.tokens(of: $0) } }
        #expect(run.certain == pairs.tokens(of: Array(#""only this""#.utf8)))
        #expect(run.drafts.isEmpty)
        #expect(matcher.output.isEmpty)
    }

    @Test func `a token that may merge with what follows is held back and becomes a draft`() async throws {
        let texts = [#"{"a": "x"}"#, #"{"a": "y"}"#, #"{"a": ""}"#].map { Array($0.utf8) }
        let schema: JSONValue = [
            "type": "object", "properties": ["a": ["enum": ["x", "y", ""]]], "required": ["a"],
            "additionalProperties": false,
        ]
        let pairs = BytePairs(texts: texts + texts.suffix(1), count: 9)
        let grammar = try Grammar(schema: JSONSchema(schema))
        var matcher = GrammarMatcher(grammar: grammar, trie: pairs.trie)
        let run = try await matcher.forcedRun(after: [], trie: pairs.trie) { $0.map { pairs.tokens(of: $0) } }
        let splits = texts.map { pairs.tokens(of: $0) }
        // The control arm: these texts have a common start in bytes of which one token isn't common to all.
        var shared = 0
        while splits.allSatisfy({ shared < $0.count && $0[shared] == splits[0][shared] }) { shared += 1 }
        #expect(run.certain == Array(splits[0][..<shared]))
        #expect(splits.contains { $0[shared...].starts(with: run.drafts) })
        #expect(!run.drafts.isEmpty)
    }

    private static func shown(_ tokens: [TokenID], _ pairs: BytePairs) -> [String] {
        tokens.map { String(decoding: pairs.trie.vocabulary.bytes(of: $0), as: UTF8.self) }
    }
}
