import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

/// Masks against the list of all documents: a token is allowed exactly if some document goes on with it.
@Suite struct MaskOracleTests {
    @Test(arguments: FiniteLanguage.all)
    func `a mask allows exactly the tokens with which some document goes on`(language: FiniteLanguage) throws {
        let documents = Set(language.documents.map { Array($0.utf8) })
        let prefixes = Set(
            documents.flatMap { document in (0...document.count).map { Array(document[..<$0]) } })
        let grammar = try language.grammar()
        var generator = SeededGenerator(seed: 11)
        var seen: Set<[UInt8]> = []
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        for walk in 0..<40 {
            var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
            while !matcher.isFinished {
                matcher.computeMask(&mask)
                if seen.insert(matcher.output).inserted {
                    check(mask, after: matcher, documents: documents, prefixes: prefixes)
                }
                let allowed = mask.allowedTokens
                // Every other walk goes byte by byte, which reaches the inside of tokens.
                let choices = walk.isMultiple(of: 2) ? allowed : allowed.filter { $0.rawValue < 256 }
                guard let token = choices.randomElement(using: &generator) else { break }
                try matcher.consume(token)
            }
            #expect(documents.contains(matcher.output), "\(String(decoding: matcher.output, as: UTF8.self))")
        }
    }

    @Test(arguments: FiniteLanguage.all)
    func `every document is accepted and a shortened one isn't`(language: FiniteLanguage) throws {
        let grammar = try language.grammar()
        let all = Set(language.documents)
        for document in language.documents {
            var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
            try matcher.consume(bytes: document.utf8)
            #expect(matcher.isAccepting, "\(document)")
            var shorter = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
            try shorter.consume(bytes: document.utf8.dropLast())
            #expect(
                shorter.isAccepting == all.contains(String(decoding: document.utf8.dropLast(), as: UTF8.self))
            )
        }
    }

    @Test(arguments: FiniteLanguage.all)
    func `forced bytes are exactly what all documents have in common`(language: FiniteLanguage) throws {
        let documents = language.documents.map { Array($0.utf8) }
        let grammar = try language.grammar()
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<40 {
            guard let document = documents.randomElement(using: &generator) else { continue }
            let length = Int.random(in: 0...document.count, using: &generator)
            var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
            try matcher.consume(bytes: document.prefix(length))
            let fitting = documents.filter { $0.starts(with: document.prefix(length)) }
            let expected = Self.commonContinuation(of: fitting, from: length)
            #expect(
                matcher.forcedBytes() == expected,
                "\(String(decoding: document.prefix(length), as: UTF8.self))")
            #expect(matcher.forcedBytes(limit: 2) == Array(expected.prefix(2)))
            #expect(matcher.output.count == length)
        }
    }

    private func check(
        _ mask: TokenMask, after matcher: GrammarMatcher, documents: Set<[UInt8]>, prefixes: Set<[UInt8]>
    ) {
        let vocabulary = SmallVocabulary.vocabulary
        let output = matcher.output
        let isComplete = documents.contains(output)
        #expect(matcher.isAccepting == isComplete)
        let wrong = (0..<Int32(vocabulary.count)).map { TokenID($0) }.filter { token in
            let expected =
                switch vocabulary.kind(of: token) {
                case .normal: prefixes.contains(output + vocabulary.bytes(of: token))
                case .endOfGeneration: isComplete
                case .control, .unused: false
                }
            return mask.contains(token) != expected
        }
        #expect(
            wrong.isEmpty,
            """
            \(wrong.map { String(decoding: vocabulary.bytes(of: $0), as: UTF8.self) }) after \
            \(String(decoding: output, as: UTF8.self))
            """)
    }

    private static func commonContinuation(of documents: [[UInt8]], from length: Int) -> [UInt8] {
        guard let first = documents.first else { return [] }
        var end = length
        // A document that ends is a choice as well: to end.
        while documents.allSatisfy({ end < $0.count && end < first.count && $0[end] == first[end] }) {
            end += 1
        }
        return Array(first[length..<end])
    }
}
