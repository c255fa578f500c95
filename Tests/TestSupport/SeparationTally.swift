/// Counts what goes wrong where untrusted text becomes tokens.
package struct SeparationTally: Sendable {
    /// One token, as far as it matters here.
    package struct Piece {
        /// The bytes it stands for.
        package let bytes: ArraySlice<UInt8>
        /// Whether it is a control token.
        package let isControl: Bool

        /// A token.
        package init(bytes: ArraySlice<UInt8>, isControl: Bool) {
            self.bytes = bytes
            self.isControl = isControl
        }
    }

    /// Texts tried.
    package private(set) var tried = 0
    /// Control tokens found.
    package private(set) var controls = 0
    /// Texts whose tokens spell something else, or that were changed by more than is documented.
    package private(set) var mismatches = 0
    /// The first texts that went wrong.
    package private(set) var examples: [String] = []

    /// Nothing tried.
    package init() {}

    /// Counts one text.
    ///
    /// `shown`: what the text was neutralized to, and what that becomes when it is done again.
    /// `pieces`: the tokens of what was shown.
    /// `addsBlanks`: whether the tokenizer is SentencePiece's, which starts with a blank and writes U+2581 for all
    /// blanks; neither is counted then.
    package mutating func count(
        _ source: String, shown: String, again: String, pieces: [Piece], addsBlanks: Bool = false
    ) {
        tried += 1
        let found = pieces.count { $0.isControl }
        controls += found
        var spelled = pieces.flatMap { Array($0.bytes) }
        var wanted = Array(shown.utf8)
        if addsBlanks {
            spelled = Self.withoutBlanks(spelled)
            wanted = Self.withoutBlanks(wanted)
        }
        let isRight =
            spelled == wanted && Array(again.utf8) == Array(shown.utf8) && Self.differsAsDocumented(source, shown)
        if !isRight { mismatches += 1 }
        if found > 0 || !isRight, examples.count < 5 {
            examples.append("\(source.debugDescription) -> \(shown.debugDescription)")
        }
    }

    private static func withoutBlanks(_ bytes: [UInt8]) -> [UInt8] {
        let blanks: [Unicode.Scalar] = [" ", "\u{2581}"]
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { !blanks.contains($0) }
            .flatMap { Array(UTF8.encode($0) ?? UTF8.encodedReplacementCharacter) }
    }

    /// Whether `shown` is `source` without hidden characters, with look-alikes for edges of markers, and else the same.
    ///
    /// Written apart from what it checks: it knows what may change, not when it has to.
    static func differsAsDocumented(_ source: String, _ shown: String) -> Bool {
        var rest = Array(shown.unicodeScalars)[...]
        for scalar in source.unicodeScalars {
            if rest.first == scalar {
                rest.removeFirst()
            } else if let first = rest.first, first == replacement(scalar) {
                rest.removeFirst()
            } else if !isHidden(scalar) {
                return false
            }
        }
        return rest.isEmpty
    }

    private static func replacement(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "<": "\u{2039}"
        case ">": "\u{203A}"
        case "[": "\u{2045}"
        case "]": "\u{2046}"
        case ":": "\u{A789}"
        case "\u{85}", "\u{2028}", "\u{2029}": "\n"
        case "\u{7F}": "\u{2421}"
        default: scalar.value < 0x20 ? Unicode.Scalar(0x2400 + scalar.value) : nil
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x7F: false
        case 0x3164, 0x115F, 0x1160, 0x17B4, 0x17B5, 0xFFA0, 0xFDD0...0xFDEF, 0xFFF0...0xFFFB, 0xE0000...0xE0FFF: true
        case _ where scalar.value & 0xFFFE == 0xFFFE: true
        default:
            // Everything that has no shape by Unicode's own word.
            scalar.properties.generalCategory == .format || scalar.properties.generalCategory == .control
                || scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isVariationSelector
        }
    }
}
