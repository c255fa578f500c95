import ModelRuntime
import Planning
import TestSupport
import Tokens

/// Whether any untrusted text can become a control token, or comes out as another text than was neutralized.
///
/// `--model` names weights or the path of a GGUF file, of which the vocabulary alone is loaded; `--rounds` is the number
/// of texts. The seed is fixed.
enum TokenSeparationFuzz {
    private static let texts = 1_000_000
    private static let seed: UInt64 = 5

    static func run(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        let clock = ContinuousClock()
        let path = try ModelCatalog().configuration(for: arguments.model).path
        let file = try VocabularyFile(path: path)
        // SentencePiece vocabularies start every text with a blank, and U+2581 is one to them.
        let sample = Array("a\u{2581}a".utf8)
        let addsBlanks =
            try file.tokenize(sample, parsingSpecialTokens: false).flatMap { Array(file.vocabulary.bytes(of: $0)) }
            != sample
        var source = HostileText(seed: seed, markers: file.markers)
        var shown = SeparationTally()
        var raw = SeparationTally()
        var unsplit = 0
        let start = clock.now
        for _ in 0..<(arguments.isDefaultRounds ? texts : arguments.rounds) {
            let text = source.next()
            let neutral = NeutralizedText(text)
            let again = NeutralizedText(neutral.text).text
            shown.count(
                text, shown: neutral.text, again: again, pieces: try pieces(neutral.text, file), addsBlanks: addsBlanks)
            // The tokenizer alone has to hold as well.
            raw.count(text, shown: text, again: text, pieces: try pieces(text, file), addsBlanks: addsBlanks)
            // Control arm, on some of them: what llama.cpp makes of markers that nobody cut.
            if shown.tried % 50 == 0 { unsplit += try pieces(text, file, isSplit: false).count { $0.isControl } }
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        for example in shown.examples + raw.examples { print("went wrong: \(example)") }
        return [
            Measurement("strings tried", "strings", [Double(shown.tried)]),
            Measurement("control ids", "ids", [Double(shown.controls)], goal: 0, isStrict: true),
            Measurement("mismatches", "strings", [Double(shown.mismatches)], goal: 0, isStrict: true),
            Measurement("control ids, not neutralized", "ids", [Double(raw.controls)], goal: 0, isStrict: true),
            Measurement("mismatches, not neutralized", "strings", [Double(raw.mismatches)], goal: 0, isStrict: true),
            Measurement("control ids of every 50th string, markers not cut", "ids", [Double(unsplit)]),
            Measurement("time", "s", [seconds]),
        ]
    }

    private static func pieces(
        _ text: String, _ file: borrowing VocabularyFile, isSplit: Bool = true
    ) throws -> [SeparationTally.Piece] {
        try file.tokenize(Array(text.utf8), parsingSpecialTokens: false, isSplit: isSplit).map { token in
            SeparationTally.Piece(
                bytes: file.vocabulary.bytes(of: token), isControl: file.vocabulary.kind(of: token) != .normal)
        }
    }
}
