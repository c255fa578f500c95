import AllocationCount
import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

@Suite struct MaskMemoTests {
    private static let schema = #"""
        {"type": "object", "properties": {"kind": {"enum": ["bug", "idea"]}, "text": {"type": "string", "maxLength": 20},
         "count": {"type": "integer", "minimum": 0}}, "required": ["kind", "text", "count"]}
        """#

    /// How often memory was asked for in the masks of `text`, byte by byte. Synchronous, as the count is the thread's.
    private static func allocations(in text: String, of grammar: Grammar, _ mask: inout TokenMask) throws -> UInt64 {
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        var sum: UInt64 = 0
        for byte in text.utf8 {
            let before = allocation_count()
            matcher.computeMask(&mask)
            sum += allocation_count() - before
            try matcher.consume(bytes: [byte])
        }
        return sum
    }

    @Test func `a mask that is known is copied without asking for memory`() throws {
        let grammar = try Grammar(schema: JSONSchema(JSONValue(parsing: Self.schema)))
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        let text = #"{"kind": "idea", "text": "blue and round", "count": 12}"#
        #expect(try Self.allocations(in: text, of: grammar, &mask) > 50)
        #expect(try Self.allocations(in: text, of: grammar, &mask) == 0)
        #expect(try Self.allocations(in: #"{"kind": "bug", "text"#, of: grammar, &mask) > 0)
        #expect(try Self.allocations(in: #"{"kind": "bug", "text"#, of: grammar, &mask) == 0)
    }
}
