import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

@Suite struct ToolGrammarTests {
    private static let search = ToolGrammar(
        name: "search",
        arguments: schema([
            "type": "object", "properties": ["query": ["type": "string"]], "required": ["query"],
        ]))
    private static let seek = ToolGrammar(
        name: "seek\"",
        arguments: schema([
            "type": "object", "properties": ["line": ["type": "integer"]], "required": ["line"],
        ]))

    private static func schema(_ value: JSONValue) -> JSONSchema {
        (try? JSONSchema(value)) ?? .anything
    }

    private static func grammar() throws -> Grammar {
        try Grammar(tools: [search, seek], prefix: Array("```json\n".utf8), suffix: Array("\n```".utf8))
    }

    @Test func `the arguments are those of the named tool`() throws {
        for (text, isAccepted) in [
            ("```json\n{\"name\": \"search\", \"arguments\": {\"query\": \"x\"}}\n```", true),
            ("```json\n{\"name\": \"seek\\\"\", \"arguments\": {\"line\": 12}}\n```", true),
            ("```json\n{\"name\": \"search\", \"arguments\": {\"line\": 12}}\n```", false),
            ("```json\n{\"name\": \"seek\", \"arguments\": {\"line\": 12}}\n```", false),
            ("{\"name\": \"search\", \"arguments\": {\"query\": \"x\"}}", false),
        ] {
            var matcher = GrammarMatcher(grammar: try Self.grammar(), trie: SmallVocabulary.trie)
            let isConsumed = (try? matcher.consume(bytes: text.utf8)) != nil
            #expect((isConsumed && matcher.isFinished) == isAccepted, "\(text)")
        }
    }

    @Test func `bytes are forced up to the choice of the tool and behind it`() throws {
        var matcher = GrammarMatcher(grammar: try Self.grammar(), trie: SmallVocabulary.trie)
        let head = "```json\n{\"name\": \"se"
        #expect(matcher.forcedBytes() == Array(head.utf8))
        try matcher.consume(bytes: "\(head)a".utf8)
        #expect(matcher.forcedBytes() == Array("rch\", \"arguments\": {\"query\": \"".utf8))
        try matcher.consume(bytes: "rch\", \"arguments\": {\"query\": \"x".utf8)
        #expect(matcher.forcedBytes().isEmpty)
        try matcher.consume(bytes: "\"".utf8)
        #expect(matcher.forcedBytes() == Array("}}\n```".utf8))
    }

    @Test func `no tool and two of one name are refused`() {
        #expect(throws: GrammarError.self) { try Grammar(tools: []) }
        let error = #expect(throws: GrammarError.self) { try Grammar(tools: [Self.search, Self.search]) }
        #expect(error?.code == .invalidTools)
    }
}
