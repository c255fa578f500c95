import ModelRuntime
import Testing
import Tokens

@Suite struct ControlTokensTests {
    private func entry(_ text: String, _ flag: VocabularyEntry.Flag = .normal, ends: Bool = false) -> VocabularyEntry {
        VocabularyEntry(text: Array(text.utf8), bytes: Array(text.utf8), flag: flag, endsGeneration: ends)
    }

    private func kinds(_ entries: [VocabularyEntry]) -> [Vocabulary.Kind] {
        let vocabulary = ControlTokens.vocabulary(of: entries).vocabulary
        return entries.indices.map { vocabulary.kind(of: TokenID(rawValue: Int32($0))) }
    }

    @Test func `a token that the file flags is control, but for added letters and blanks`() {
        #expect(
            kinds([
                entry("a"), entry("<x>", .control), entry("b"), entry("c"), entry("d"), entry("<unk>", .control),
                entry("e"), entry("f"),
                entry("g"), entry("õ", .userDefined), entry("   ", .userDefined), entry("REPO", .userDefined),
                entry("pad", .unused),
                entry("end", ends: true),
            ]) == [
                .normal, .control, .normal, .normal, .normal, .control, .normal, .normal, .normal, .normal, .normal,
                .control,
                .unused, .endOfGeneration,
            ])
    }

    @Test func `a token without a flag is control in the added range or with a marker's spelling`() {
        let words = (0..<20).map { entry("word\($0)") }
        let entries =
            words + [entry("<s>"), entry("[INST]")] + words
            + [entry("<|a|>", .control), entry("forgotten"), entry("é"), entry("<|b|>"), entry("<c>", .control)]
        #expect(ControlTokens.addedRange(of: entries) == 42..<47)
        let found = kinds(entries)
        #expect(found[20...21].allSatisfy { $0 == .control })
        #expect(found[..<20].allSatisfy { $0 == .normal })
        #expect(found[22..<42].allSatisfy { $0 == .normal })
        #expect(found[42...] == [.control, .control, .normal, .control, .control])
    }

    @Test(arguments: [
        ("<|im_start|>", true), ("<|fim_prefix|>", true), ("</s>", true), ("[PAD151665]", true), ("<unused12>", true),
        ("<\u{FF5C}User\u{FF5C}>", true), ("[INST]", true),
        ("<tool_call>", true), ("<|turn>", true), ("<div>", false), ("<", false), ("<>", false), ("<|>", false),
        ("[x]", false), (" <s>", false), ("<s> ", false), ("word", false),
    ])
    func `a marker is known by its spelling`(text: String, isMarker: Bool) {
        #expect(MarkerText.isMarker(text) == isMarker)
    }

    @Test func `markers are cut behind their first character, whatever they begin with`() {
        let splitter = MarkerSplitter(["<s>", "[PAD1]", "\u{FF5C}x", "é", ">>A<<"].map { Array($0.utf8) })
        for (text, parts) in [
            ("a<s>b", ["a<", "s>b"]), ("[PAD1]", ["[", "PAD1]"]), ("é\u{FF5C}x", ["é\u{FF5C}", "x"]),
            ("<s<s>", ["<s<", "s>"]), (">>A<<s>", [">", ">A<<", "s>"]),
        ] {
            #expect(splitter.split(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } == parts)
        }
    }
}
