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

    @Test func `tokens that are plain inside a string are kept apart by length`() {
        let vocabulary = Self.vocabulary
        let trie = TokenTrie(vocabulary)
        func token(_ text: String) -> TokenID {
            TokenID(Int32(Self.words.firstIndex(of: text) ?? -1))
        }
        let two = trie.plainTokens(upTo: 2)
        for text in ["a", "ab", "é", "日本", "\u{7F}"] { #expect(two.contains(token(text)), "\(text)") }
        for text in ["abc", "\"", "\":", "x\"", "\\", "\n", "a\u{0}"] {
            #expect(!two.contains(token(text)), "\(text)")
        }
        #expect(trie.plainTokens(upTo: 1_000).contains(token("xyz")))
        #expect(trie.plainTokens(upTo: 0).isEmpty)
        let first = Int32(Self.words.count) + 2
        // An unfinished character is plain, its tail, a surrogate, an overlong form and one past the last aren't.
        #expect(
            (0..<6).map { trie.plainTokens(upTo: 1).contains(TokenID(first + $0)) } == [
                true, false, true, false, false, false,
            ])
    }

    @Test func `plain tokens and the others together are all text tokens`() {
        let vocabulary = Self.vocabulary
        let trie = TokenTrie(vocabulary)
        struct Everything: ByteRecognizer {
            mutating func tryConsume(_ byte: UInt8) -> Bool { true }
            mutating func rollback(_ count: Int) {}
        }
        var everything = Everything()
        var all = TokenMask(tokenCount: vocabulary.count)
        trie.allowTokens(in: &all, recognizer: &everything)
        var others = TokenMask(tokenCount: vocabulary.count)
        trie.outsideStrings.allowTokens(in: &others, recognizer: &everything)
        let plain = trie.plainTokens(upTo: .max)
        #expect(others.allowedTokens.allSatisfy { !plain.contains($0) })
        others.formUnion(plain)
        #expect(others == all)
        #expect(trie.longestTokenByteCount == 6)
    }
}
