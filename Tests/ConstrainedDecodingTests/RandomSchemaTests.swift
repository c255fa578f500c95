import ConstrainedDecoding
import JSONSchemas
import TestSupport
import Testing
import Tokens

/// Random schemas, each by its seed: masks and matcher agree on every token, every walk ends, every document is valid.
@Suite struct RandomSchemaTests {
    /// Seeds that once found a fault, and as many others as take a second or two.
    private static let seeds: [UInt64] =
        [
            1635, 1645, 1667, 5155, 5599, 5917, 101_205, 101_288, 101_305, 103_516, 20_269_205, 20_273_362,
        ] + Array(20_000..<20_250)

    private static let options = GrammarOptions(
        propertyOrder: .any, additionalMembers: .asSchema, numberForms: .all, numberDigitLimit: 4,
        stringLengthLimit: 12, nestingLimit: 6)

    @Test func `walks over masks end in documents that the validator accepts`() throws {
        var compiled = 0
        var documents = 0
        for seed in Self.seeds {
            var source = RandomSchema(generator: SeededGenerator(seed: seed))
            // The kept seeds come first, in the spelling that they were found with.
            let text = seed >= 20_100 && seed < 21_000 ? source.nextWithTwoSpellings() : source.next()
            guard let schema = try? JSONSchema(text), let grammar = try? Grammar(schema: schema, options: Self.options)
            else { continue }
            compiled += 1
            var generator = SeededGenerator(seed: seed)
            for walk in 0..<2 {
                // A walk that chance leads to no end says nothing; one that can't go on is a fault.
                guard let matcher = try Self.walk(grammar, budget: walk * 12, &generator) else { continue }
                let value = try JSONValue(parsing: matcher.output)
                #expect(
                    schema.accepts(value),
                    "seed \(seed): \(String(decoding: matcher.output, as: UTF8.self)) of \(text)")
                documents += 1
            }
        }
        print("\(Self.seeds.count) seeds, \(compiled) grammars, \(documents) documents")
        #expect(compiled > Self.seeds.count / 2)
        #expect(documents > compiled * 3 / 2)
    }

    /// A document, of which the first `budget` tokens are drawn and the others lead to the end; `nil` if there is no end.
    private static func walk(
        _ grammar: Grammar, budget: Int, _ generator: inout SeededGenerator
    ) throws -> GrammarMatcher? {
        let vocabulary = SmallVocabulary.vocabulary
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        var mask = TokenMask(tokenCount: vocabulary.count)
        for step in 0..<2_000 {
            if matcher.isFinished { return matcher }
            matcher.computeMask(&mask)
            if step < 30 { check(mask, matcher) }
            let allowed = mask.allowedTokens
            try #require(!allowed.isEmpty, "a dead end behind \(String(decoding: matcher.output, as: UTF8.self))")
            if step >= budget, allowed.contains(where: { vocabulary.kind(of: $0) == .endOfGeneration }) {
                return matcher
            }
            let texts = allowed.filter { vocabulary.kind(of: $0) == .normal }
            let closing = texts.filter { [0x22, 0x5D, 0x7D].contains(vocabulary.bytes(of: $0).first ?? 0) }
            let isClosing = step >= budget && Int.random(in: 0..<4, using: &generator) > 0
            let choices = isClosing && !closing.isEmpty ? closing.filter { $0.rawValue < 256 } : texts
            guard
                let token = choices.max(by: {
                    isClosing && vocabulary.bytes(of: $0).first ?? 0 < vocabulary.bytes(of: $1).first ?? 0
                })
            else { return nil }
            try matcher.consume(isClosing ? token : choices.randomElement(using: &generator) ?? token)
        }
        return nil
    }

    private static func check(_ mask: TokenMask, _ matcher: GrammarMatcher) {
        let vocabulary = SmallVocabulary.vocabulary
        for number in 0..<Int32(vocabulary.count) where vocabulary.kind(of: TokenID(number)) == .normal {
            var probe = matcher
            let isTaken = (try? probe.consume(TokenID(number))) != nil
            if isTaken != mask.contains(TokenID(number)) {
                let token = String(decoding: vocabulary.bytes(of: TokenID(number)), as: UTF8.self)
                let output = String(decoding: matcher.output, as: UTF8.self)
                Issue.record("mask and matcher differ in `\(token)` behind `\(output)`")
            }
        }
    }
}
