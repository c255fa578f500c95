import Testing
import Tokens

/// Accepts the prefixes of a fixed set of texts.
private struct PrefixRecognizer: ByteRecognizer {
    let texts: [[UInt8]]
    var consumed: [UInt8] = []

    mutating func tryConsume(_ byte: UInt8) -> Bool {
        let longer = consumed + [byte]
        guard texts.contains(where: { $0.starts(with: longer) }) else { return false }
        consumed = longer
        return true
    }

    mutating func rollback(_ count: Int) {
        consumed.removeLast(count)
    }
}

@Suite struct TokenTrieTests {
    private static let words = [
        "a", "ab", "abc", "abd", "b", "ba", "", "abc", "a", "é", "\"", "\":", "x\"", "\\", "xyz", "zz",
        "\u{0}", "a\u{0}",
        "\n", "日本", "\u{7F}",
    ]

    private static var vocabulary: Vocabulary {
        let text: [(bytes: [UInt8], kind: Vocabulary.Kind)] = words.map { (Array($0.utf8), .normal) }
        return Vocabulary(
            tokens: text + [
                (Array("ab".utf8), .control), (Array("abc".utf8), .endOfGeneration), ([0xE6, 0x97], .normal),
                ([0xA5], .normal), ([0xE6], .normal), ([0xED, 0xA0], .normal), ([0xC0], .normal),
                ([0xF4, 0x90], .normal),
            ])
    }

    @Test(arguments: [
        ["abcd"], ["abd", "ba"], ["x\":"], ["\":a"], ["日本語"], ["\u{0}\u{0}"], ["a\u{0}b"],
        ["zzz", "xyz", "é"], ["q"],
    ])
    func `a walk finds the tokens that brute force finds`(texts: [String]) {
        let vocabulary = Self.vocabulary
        let trie = TokenTrie(vocabulary)
        var recognizer = PrefixRecognizer(texts: texts.map { Array($0.utf8) })
        var mask = TokenMask(tokenCount: vocabulary.count)
        trie.allowTokens(in: &mask, recognizer: &recognizer)
        #expect(recognizer.consumed.isEmpty)
        for number in 0..<Int32(vocabulary.count) {
            let token = TokenID(number)
            let bytes = vocabulary.bytes(of: token)
            let isAllowed =
                vocabulary.kind(of: token) == .normal && !bytes.isEmpty
                && texts.contains { $0.utf8.starts(with: bytes) }
            #expect(mask.contains(token) == isAllowed, "token \(token)")
        }
    }

    @Test func `tokens that close a string share their endings`() {
        let words = ["\"", "a\"", "b\": 1", "\\\"", "\\\"\": 1", "abc", "é\"}", "\": 1", "x\\u00", "c\"}]"]
        let vocabulary = Vocabulary(tokens: words.map { (Array($0.utf8), .normal) })
        let endings = TokenTrie(vocabulary).stringEndings
        let numbers = endings.endingOfToken
        #expect(numbers[0] == StringEndings.empty && numbers[1] == StringEndings.empty)
        #expect(numbers[2] == numbers[7] && numbers[4] == numbers[7] && numbers[2] > 0)
        #expect(numbers[3] == -1 && numbers[5] == -1 && numbers[8] == -1)
        #expect(Set([numbers[2], numbers[6], numbers[9]]).count == 3)
        #expect(endings.count == 4)
        // The trie of endings holds all but the empty one.
        struct Everything: ByteRecognizer {
            mutating func tryConsume(_ byte: UInt8) -> Bool { true }
            mutating func rollback(_ count: Int) {}
        }
        var everything = Everything()
        var found = TokenMask(tokenCount: endings.count)
        endings.endings.allowTokens(in: &found, recognizer: &everything)
        #expect(found.allowedTokens.map(\.rawValue) == [1, 2, 3])
    }

    @Test func `tokens longer than the limit are left out, twins are found and denied together`() {
        let long = [UInt8](repeating: 0x61, count: TokenTrie.tokenByteLimit + 1)
        let vocabulary = Vocabulary(tokens: [
            (Array("ab".utf8), .normal), (long, .normal), (Array("ab".utf8), .normal), (Array("b".utf8), .normal),
        ])
        let trie = TokenTrie(vocabulary)
        struct Everything: ByteRecognizer {
            mutating func tryConsume(_ byte: UInt8) -> Bool { true }
            mutating func rollback(_ count: Int) {}
        }
        var everything = Everything()
        var mask = TokenMask(tokenCount: vocabulary.count)
        trie.allowTokens(in: &mask, recognizer: &everything)
        #expect(mask.allowedTokens.map(\.rawValue) == [0, 2, 3])
        trie.all.denyTokens(under: Int(trie.all.firstNodes[0x61]), in: &mask)
        #expect(mask.allowedTokens.map(\.rawValue) == [3])
        #expect(trie.all.bytes(to: Int(trie.all.firstNodes[0x61]) + 1) == Array("ab".utf8))
    }
}
