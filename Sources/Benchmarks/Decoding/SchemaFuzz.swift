import ConstrainedDecoding
import Foundation
import JSONSchemas
import TestSupport
import Tokens

/// Random schemas, and random walks over their masks: nothing may crash or hang, no document may be invalid, and no
/// walk may come to a state from which nothing goes on.
struct SchemaFuzz {
    /// What a run found.
    struct Tally {
        var schemas = 0
        var refused: [String: Int] = [:]
        var documents = 0
        var unfinished = 0
        var failures: [String] = []
        var slowest = 0.0
        var slowestSeed: UInt64 = 0
    }

    let trie: TokenTrie
    var options: GrammarOptions
    private(set) var tally = Tally()
    /// Every document with its schema, for a check by other means.
    private(set) var lines: [String] = []

    private static let walksPerSchema = 4
    static let stepLimit = 600

    init(trie: TokenTrie, options: GrammarOptions) {
        self.trie = trie
        self.options = options
    }

    /// Tries the schema of `seed`.
    mutating func run(seed: UInt64) {
        let start = ThreadClock.now
        var source = RandomSchema(generator: SeededGenerator(seed: seed))
        let text = seed.isMultiple(of: 3) ? source.nextWithTwoSpellings() : source.next()
        tally.schemas += 1
        defer {
            let time = (ThreadClock.now - start) / 1e6
            if time > tally.slowest { (tally.slowest, tally.slowestSeed) = (time, seed) }
            if time > 10 { fail(seed, text, "took \(time) s") }
        }
        let schema: JSONSchema
        let grammar: Grammar
        do {
            schema = try DecodingSchema.compile(text.serializedBytes(), DecodingTrial.Setting())
            grammar = try Grammar(schema: schema, options: options)
        } catch {
            tally.refused["\(error)".replacing(#/`[^`]*`/#, with: "…"), default: 0] += 1
            return
        }
        var generator = SeededGenerator(seed: seed ^ 0xF00D)
        for _ in 0..<Self.walksPerSchema {
            guard let document = walk(grammar, &generator) else { continue }
            check(document, schema, seed, text)
        }

        func walk(_ grammar: Grammar, _ generator: inout SeededGenerator) -> [UInt8]? {
            var matcher = GrammarMatcher(grammar: grammar, trie: trie)
            var mask = TokenMask(tokenCount: trie.vocabulary.count)
            let budget = Int.random(in: 0...40, using: &generator)
            for step in 0..<Self.stepLimit {
                if matcher.isFinished { return matcher.output }
                matcher.computeMask(&mask)
                let allowed = mask.allowedTokens
                guard !allowed.isEmpty else {
                    fail(seed, text, "dead end after \(String(decoding: matcher.output, as: UTF8.self))")
                    return nil
                }
                if step < 12, let wrong = disagreement(mask, matcher, &generator) {
                    fail(seed, text, "\(wrong) after \(String(decoding: matcher.output, as: UTF8.self))")
                    return nil
                }
                let token = step < budget ? allowed.randomElement(using: &generator) : closing(allowed, &generator)
                guard let token else { return nil }
                if trie.vocabulary.kind(of: token) == .endOfGeneration { return matcher.output }
                do {
                    try matcher.consume(token)
                } catch {
                    fail(seed, text, "allowed token refused after \(String(decoding: matcher.output, as: UTF8.self))")
                    return nil
                }
            }
            // Chance doesn't find every end, such as a required key that the schema describes nowhere. A place without
            // any way on would have been noticed.
            tally.unfinished += 1
            return nil
        }
    }

    /// Whether mask and matcher tell the same of some tokens, most of them short.
    private func disagreement(
        _ mask: TokenMask, _ matcher: GrammarMatcher, _ generator: inout SeededGenerator
    ) -> String? {
        for index in 0..<80 {
            let number =
                index < 40
                ? Int.random(in: 0..<600, using: &generator) : Int.random(in: 0..<mask.tokenCount, using: &generator)
            let token = TokenID(Int32(number))
            guard trie.vocabulary.contains(token), trie.vocabulary.kind(of: token) == .normal else { continue }
            var probe = matcher
            let isTaken = (try? probe.consume(token)) != nil
            if isTaken != mask.contains(token) {
                let text = String(decoding: trie.vocabulary.bytes(of: token), as: UTF8.self)
                return
                    "mask \(mask.contains(token) ? "allows" : "denies") token \(number) `\(text)` against the matcher"
            }
        }
        return nil
    }

    /// A token that leads to the end.
    private func closing(_ allowed: [TokenID], _ generator: inout SeededGenerator) -> TokenID? {
        let vocabulary = trie.vocabulary
        if let end = allowed.first(where: { vocabulary.kind(of: $0) == .endOfGeneration }) { return end }
        // An array may need an element of one kind to end, which only chance finds.
        if Int.random(in: 0..<4, using: &generator) == 0 {
            return allowed.filter { vocabulary.bytes(of: $0).count == 1 }.randomElement(using: &generator)
                ?? allowed.randomElement(using: &generator)
        }
        var best: TokenID?
        var bestRank = Int.max
        for token in allowed {
            let bytes = vocabulary.bytes(of: token)
            guard bytes.count == 1, let byte = bytes.first else { continue }
            let rank =
                switch byte {
                case UInt8(ascii: "}"), UInt8(ascii: "]"): 0
                case UInt8(ascii: "\""): 1
                case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\\"): 4
                case UInt8(ascii: ","): 3
                default: 2
                }
            if rank < bestRank || (rank == bestRank && Int.random(in: 0..<3, using: &generator) == 0) {
                (best, bestRank) = (token, rank)
            }
        }
        return best ?? allowed.randomElement(using: &generator)
    }

    private mutating func check(_ document: [UInt8], _ schema: JSONSchema, _ seed: UInt64, _ text: JSONValue) {
        tally.documents += 1
        do {
            let value = try JSONValue(parsing: document)
            if let issue = schema.validate(value).first {
                fail(seed, text, "invalid document \(String(decoding: document, as: UTF8.self)): \(issue)")
            }
            let shown = String(decoding: document, as: UTF8.self)
            lines.append(#"{"seed": \#(seed), "schema": \#(text.serialized()), "document": \#(shown)}"#)
        } catch {
            fail(seed, text, "no JSON: \(String(decoding: document, as: UTF8.self)): \(error)")
        }
    }

    private mutating func fail(_ seed: UInt64, _ text: JSONValue, _ reason: String) {
        tally.failures.append("seed \(seed): \(reason); schema \(text.serialized())")
    }

    mutating func takeLines() -> [String] {
        defer { lines = [] }
        return lines
    }
}
