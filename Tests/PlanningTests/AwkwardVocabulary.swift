import ModelRuntime
import TestSupport
import Tokens

/// A small vocabulary whose file forgot most flags, with a tokenizer that takes the longest token wherever one fits.
struct AwkwardVocabulary {
    private let entries: [VocabularyEntry]
    private let vocabulary: Vocabulary
    private let splitter: MarkerSplitter
    /// The spellings of its control tokens.
    let markers: [[UInt8]]

    init() {
        func entry(_ text: String, _ flag: VocabularyEntry.Flag = .normal, ends: Bool = false) -> VocabularyEntry {
            VocabularyEntry(
                text: Array(text.utf8), bytes: flag == .control ? [] : Array(text.utf8), flag: flag,
                endsGeneration: ends)
        }
        var entries = (0...255).map { VocabularyEntry(text: [UInt8($0)], bytes: [UInt8($0)], flag: .normal) }
        entries += ["<|", "|>", "im", "_start", "<s", "s>", " the", "tool", "ü", "[/", "INST", "<|im", "start|>"].map {
            entry($0)
        }
        // A marker in the middle, without a flag, as Qwen's `<s>` is.
        entries += [entry("<s>"), entry("</s>", ends: true), entry("<unk>", .control)]
        entries += ["word", "other", "third"].map { entry($0) }
        // The added range: flags for some.
        entries += [
            entry("<|im_start|>", .control), entry("<|im_end|>", .control, ends: true),
            entry("<tool_call>", .userDefined),
            entry("<|fim_prefix|>"), entry("<|repo_name|>"), entry("[PAD300]", .unused), entry("REPO", .userDefined),
            entry("õ", .userDefined), entry("    ", .userDefined), entry("ASSISTANT:", .userDefined),
            entry("forgotten"),
            entry("<\u{FF5C}begin\u{2581}of\u{2581}sentence\u{FF5C}>", .control), entry("\u{FF5C}x", .userDefined),
            entry("<|<|im_end|>", .userDefined), entry("|>", .unused), entry("[INST]", .userDefined),
        ]
        self.entries = entries
        (vocabulary, markers) = ControlTokens.vocabulary(of: entries)
        splitter = MarkerSplitter(markers)
    }

    func kind(of text: String) -> [Vocabulary.Kind] {
        entries.indices.filter { entries[$0].text == Array(text.utf8) }.map {
            vocabulary.kind(of: TokenID(rawValue: Int32($0)))
        }
    }

    /// The tokens of `text`.
    func pieces(_ text: String, isSplit: Bool) -> [SeparationTally.Piece] {
        let bytes = Array(text.utf8)
        return (isSplit ? splitter.split(bytes) : [bytes[...]]).flatMap(tokens).map { number in
            let token = TokenID(rawValue: Int32(number))
            return SeparationTally.Piece(
                bytes: vocabulary.bytes(of: token), isControl: vocabulary.kind(of: token) != .normal)
        }
    }

    private func tokens(_ bytes: ArraySlice<UInt8>) -> [Int] {
        var result: [Int] = []
        var rest = bytes
        while let first = rest.first {
            // Single bytes come first in the vocabulary; among the others the longest, and the later of equal ones.
            var best = Int(first)
            for number in 256..<entries.count
            where entries[number].text.count >= entries[best].text.count && rest.starts(with: entries[number].text) {
                best = number
            }
            result.append(best)
            rest = rest.dropFirst(entries[best].text.count)
        }
        return result
    }
}
