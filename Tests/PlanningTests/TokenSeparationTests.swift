import ModelRuntime
import Planning
import TestSupport
import Testing
import Tokens

/// Untrusted text against tokenizers; `warrant-bench Planning:tokenSeparation` does the same a million times.
@Suite struct TokenSeparationTests {
    private static let count = 20_000
    private static let weights = CatalogEntry.bundled.sorted { $0.byteCount < $1.byteCount }.first {
        ModelCatalog().isPresent($0)
    }

    @Test(.enabled(if: weights != nil, "No weights here: run `warrant model fetch smollm2-135m`."))
    func `no untrusted text becomes a control token of real weights`() throws {
        let entry = try #require(Self.weights)
        let file = try VocabularyFile(path: ModelCatalog().path(of: entry))
        var source = HostileText(seed: 23, markers: file.markers)
        var tally = SeparationTally()
        func pieces(_ text: String) throws -> [SeparationTally.Piece] {
            try file.tokenize(Array(text.utf8), parsingSpecialTokens: false).map {
                SeparationTally.Piece(
                    bytes: file.vocabulary.bytes(of: $0), isControl: file.vocabulary.kind(of: $0) != .normal)
            }
        }
        for _ in 0..<Self.count {
            let text = source.next()
            let shown = NeutralizedText(text).text
            tally.count(text, shown: shown, again: NeutralizedText(shown).text, pieces: try pieces(shown))
            // The tokenizer alone has to hold as well.
            tally.count(text, shown: text, again: text, pieces: try pieces(text))
        }
        #expect(tally.tried == 2 * Self.count)
        #expect(tally.controls == 0, "\(tally.examples)")
        #expect(tally.mismatches == 0, "\(tally.examples)")
        // Control arm: the same markers do become control tokens where special tokens are parsed.
        let turn = try file.tokenize(Array(ChatDialect.chatML.turnEnd.utf8), parsingSpecialTokens: true)
        #expect(turn.contains { file.vocabulary.kind(of: $0) != .normal })
    }

    @Test func `no untrusted text becomes a control token of a vocabulary with awkward added tokens`() {
        let awkward = AwkwardVocabulary()
        var source = HostileText(seed: 29, markers: awkward.markers)
        var tally = SeparationTally()
        var careless = 0
        for _ in 0..<Self.count {
            let text = source.next()
            let shown = NeutralizedText(text).text
            tally.count(
                text, shown: shown, again: NeutralizedText(shown).text, pieces: awkward.pieces(shown, isSplit: true))
            tally.count(text, shown: text, again: text, pieces: awkward.pieces(text, isSplit: true))
            careless += awkward.pieces(text, isSplit: false).count { $0.isControl }
        }
        #expect(tally.controls == 0, "\(tally.examples)")
        #expect(tally.mismatches == 0, "\(tally.examples)")
        // Control arm: without the splitter this tokenizer takes markers for what they say.
        #expect(careless > Self.count / 10)
    }
}
