import ConstrainedDecoding
import JSONSchemas
import Testing
import Tokens

@Suite struct GrammarMatcherTests {
    private static func matcher(_ schema: String, _ trie: TokenTrie = SmallVocabulary.trie) throws
        -> GrammarMatcher
    {
        GrammarMatcher(grammar: try Grammar(schema: JSONSchema(JSONValue(parsing: schema))), trie: trie)
    }

    private static func mask(of matcher: GrammarMatcher) -> TokenMask {
        var copy = matcher
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        copy.computeMask(&mask)
        return mask
    }

    @Test func `a token that isn't allowed throws and changes nothing`() throws {
        var matcher = try Self.matcher(
            #"{"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}"#)
        try matcher.consume(bytes: #"{"a"#.utf8)
        let before = Self.mask(of: matcher)
        var refused = 0
        for number in -1...Int32(SmallVocabulary.vocabulary.count) where !before.contains(TokenID(number)) {
            let error = #expect(throws: GrammarError.self) { try matcher.consume(TokenID(number)) }
            #expect(error?.code == .tokenNotAllowed(TokenID(number)))
            refused += 1
        }
        #expect(refused > 300)
        #expect(matcher.output == Array(#"{"a"#.utf8))
        #expect(Self.mask(of: matcher) == before)
        try matcher.consume(bytes: #"": 1}"#.utf8)
        #expect(matcher.isFinished)
    }

    @Test func `bytes of which one isn't allowed are not consumed at all`() throws {
        var matcher = try Self.matcher(#"{"enum": ["abc", "abd"]}"#)
        let error = #expect(throws: GrammarError.self) { try matcher.consume(bytes: #""abx""#.utf8) }
        #expect(error?.code == .byteNotAllowed(UInt8(ascii: "x")))
        #expect(matcher.output.isEmpty)
        #expect(matcher.forcedBytes() == Array("\"ab".utf8))
    }

    @Test(arguments: ["a", "é", "[a-c]", "\\\\u0007"], [1, 2])
    func `masks where characters are counted offer what can be consumed`(pattern: String, length: Int) throws {
        var matcher = try Self.matcher(
            #"{"type": "string", "minLength": \#(length), "maxLength": \#(length), "pattern": "\#(pattern)"}"#)
        try matcher.consume(bytes: "\"".utf8)
        let mask = Self.mask(of: matcher)
        for number in 0..<Int32(SmallVocabulary.vocabulary.count)
        where SmallVocabulary.vocabulary.kind(of: TokenID(number)) == .normal {
            var probe = matcher
            let isTaken = (try? probe.consume(TokenID(number))) != nil
            #expect(mask.contains(TokenID(number)) == isTaken, "\(number)")
        }
        // An escape is open only to the pattern that asks for one, or beside the character that it asks for.
        var escape = matcher
        #expect(((try? escape.consume(bytes: #"\u"#.utf8)) != nil) == (length > 1 || pattern.hasPrefix(#"\"#)))
    }

    @Test func `markers and padding are never text`() throws {
        var matcher = try Self.matcher("{}")
        // The same spellings are allowed as text: "{\"" and "a" in a string.
        try matcher.consume(bytes: "".utf8)
        let atStart = Self.mask(of: matcher)
        #expect(!atStart.contains(SmallVocabulary.marker))
        #expect(throws: GrammarError.self) { try matcher.consume(SmallVocabulary.marker) }
        try matcher.consume(bytes: "\"".utf8)
        let inString = Self.mask(of: matcher)
        #expect(inString.contains(TokenID(Int32(UInt8(ascii: "a")))))
        #expect(!inString.contains(SmallVocabulary.padding))
        #expect(throws: GrammarError.self) { try matcher.consume(SmallVocabulary.padding) }
    }

    @Test func `the end is allowed by every end token exactly when the document is complete`() throws {
        var matcher = try Self.matcher(#"{"type": "integer", "minimum": 0, "maximum": 20}"#)
        #expect(throws: GrammarError.self) { try matcher.consume(SmallVocabulary.end) }
        try matcher.consume(bytes: "1".utf8)
        #expect(matcher.isAccepting)
        #expect(!matcher.isFinished)
        #expect(matcher.forcedBytes().isEmpty)
        let mask = Self.mask(of: matcher)
        #expect(mask.contains(SmallVocabulary.end) && mask.contains(SmallVocabulary.otherEnd))
        #expect(mask.allowedCount > 2)
        var ended = matcher
        try ended.consume(SmallVocabulary.otherEnd)
        #expect(ended.isFinished)
        #expect(Self.mask(of: ended).isEmpty)
        #expect(throws: GrammarError.self) { try ended.consume(TokenID(Int32(UInt8(ascii: "1")))) }
        // The copy is not at its end.
        try matcher.consume(bytes: "2".utf8)
        #expect(matcher.isFinished)
        #expect(Self.mask(of: matcher).allowedTokens == [SmallVocabulary.end, SmallVocabulary.otherEnd])
    }

    @Test func `a character is finished by the bytes that may finish it only`() throws {
        var matcher = try Self.matcher(#"{"type": "string", "maxLength": 1}"#)
        try matcher.consume(bytes: [0x22, 0xED])
        let allowed = Self.mask(of: matcher).allowedTokens.filter { $0.rawValue < 256 }.map {
            UInt8($0.rawValue)
        }
        #expect(allowed == Array(0x80...0x9F))
        try matcher.consume(bytes: [0x9F, 0xBF])
        #expect(matcher.forcedBytes() == [0x22])
    }

    @Test func `a bounded string has the mask of an unbounded one until its end comes near`() throws {
        var free = try Self.matcher(#"{"type": "string"}"#)
        var bounded = try Self.matcher(#"{"type": "string", "maxLength": 300}"#)
        let reach = TokenTrie.tokenByteLimit
        for count in 0...300 {
            if count == 0 {
                try free.consume(bytes: "\"".utf8)
                try bounded.consume(bytes: "\"".utf8)
            } else {
                try free.consume(bytes: "a".utf8)
                try bounded.consume(bytes: "a".utf8)
            }
            if count + reach <= 300 {
                #expect(Self.mask(of: bounded) == Self.mask(of: free))
            }
        }
        #expect(
            Self.mask(of: bounded).allowedTokens.allSatisfy {
                SmallVocabulary.vocabulary.bytes(of: $0) == [0x22]
            })
        #expect(bounded.forcedBytes() == Array("\"".utf8))
    }

    @Test func `copies go on independently`() throws {
        var first = try Self.matcher(#"{"type": "array", "items": {"type": "integer"}}"#)
        try first.consume(bytes: "[1".utf8)
        var second = first
        try second.consume(bytes: "]".utf8)
        try first.consume(bytes: ", 2]".utf8)
        #expect(first.output == Array("[1, 2]".utf8))
        #expect(second.output == Array("[1]".utf8))
        #expect(first.isFinished && second.isFinished)
    }

    @Test func `a document that overflows the tables goes on all the same`() throws {
        // Each key and element is a new state; 8,192 of them empty the tables several times.
        var matcher = try Self.matcher(
            #"{"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}, "maxItems": 9}}"#
        )
        var text = "{"
        for number in 0..<1_500 {
            text += (number == 0 ? "" : ", ") + "\"key number \(number)\": [\"a\", \"日本 \(number)\"]"
        }
        var other = matcher
        for byte in text.utf8 { try matcher.consume(bytes: CollectionOfOne(byte)) }
        try other.consume(bytes: "{\"a\": [\"x".utf8)
        #expect(throws: GrammarError.self) { try matcher.consume(bytes: ", \"key number 7\"".utf8) }
        try matcher.consume(bytes: "}".utf8)
        #expect(matcher.isFinished)
        #expect(other.output == Array("{\"a\": [\"x".utf8))
        #expect(Self.mask(of: other).contains(TokenID(Int32(UInt8(ascii: "\"")))))
    }

    @Test func `a second matcher of a grammar gives the same masks as the first`() throws {
        let grammar = try Grammar(
            schema: JSONSchema(JSONValue(parsing: #"{"type": "object", "additionalProperties": true}"#)))
        func masks() throws -> [TokenMask] {
            var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
            return try #"{"a": "日", "b": [1, {"c": "d"}]}"#.utf8.map { byte in
                try matcher.consume(bytes: CollectionOfOne(byte))
                return Self.mask(of: matcher)
            }
        }
        let first = try masks()
        #expect(try masks() == first)
        // Another vocabulary gets an automaton of its own.
        var bytes = GrammarMatcher(grammar: grammar, trie: TokenTrie(.bytes))
        var mask = TokenMask(tokenCount: 257)
        bytes.computeMask(&mask)
        #expect(mask.allowedTokens == [TokenID(Int32(UInt8(ascii: "{")))])
        #expect(try masks() == first)
    }
}
