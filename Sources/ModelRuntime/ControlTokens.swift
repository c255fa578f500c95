package import Tokens

/// Which tokens of a vocabulary speak about the text instead of being part of it.
///
/// A **control id** is a token for which one of these holds; the list is closed, and every other token is text:
/// 1. *flagged*: the file calls it control, unknown, unused or user-defined, or it ends a generation, or it has no
///    bytes;
/// 2. *spelled so*: its text is a marker of ``MarkerText``, wherever it stands and whatever its flag;
/// 3. *added*: it stands in the added range, the longest end of the vocabulary that begins with a token of 1 or 2 and
///    at least half of whose tokens are such. Converters forget flags of single tokens, but not where they were added.
///
/// A user-defined or unflagged token of a single character or of white space only is text all the same: GPT-NeoX adds
/// runs of spaces and DeepSeek the letters that its merges lack, and nobody can speak as a role with those.
package enum ControlTokens {
    /// The vocabulary with every token's kind, and the spellings that must not reach a tokenizer in one piece.
    ///
    /// - Complexity: O(*n*) in the number of tokens, about 0.1 µs a token.
    package static func vocabulary(of entries: [VocabularyEntry]) -> (vocabulary: Vocabulary, markers: [[UInt8]]) {
        let added = addedRange(of: entries)
        var tokens: [(bytes: [UInt8], kind: Vocabulary.Kind)] = []
        tokens.reserveCapacity(entries.count)
        var markers: [[UInt8]] = []
        for (number, entry) in entries.enumerated() {
            let kind = kind(of: entry, isAdded: added.contains(number))
            tokens.append((kind == .normal ? entry.bytes : [], kind))
            guard kind != .normal, !entry.text.isEmpty else { continue }
            markers += spellings(of: entry)
        }
        return (Vocabulary(tokens: tokens), markers)
    }

    /// The numbers of the tokens that were added to the vocabulary after it was trained.
    package static func addedRange(of entries: [VocabularyEntry]) -> Range<Int> {
        var flagged = 0
        var start = entries.count
        for number in entries.indices.reversed() where isFlagged(entries[number]) || isMarker(entries[number]) {
            flagged += 1
            if 2 * flagged >= entries.count - number { start = number }
        }
        return start..<entries.count
    }

    private static func kind(of entry: VocabularyEntry, isAdded: Bool) -> Vocabulary.Kind {
        if entry.endsGeneration { return .endOfGeneration }
        switch entry.flag {
        case .unused: return .unused
        case .control: return .control
        case .normal where entry.bytes.isEmpty, .userDefined where entry.bytes.isEmpty: return .unused
        case .normal where !isAdded && !isMarker(entry): return .normal
        case .normal, .userDefined: return isPlain(entry) ? .normal : .control
        }
    }

    private static func isFlagged(_ entry: VocabularyEntry) -> Bool {
        entry.flag != .normal || entry.endsGeneration
    }

    private static func isMarker(_ entry: VocabularyEntry) -> Bool {
        // Only these begin a token-like marker; the check spares a string for each of 150,000 tokens.
        guard let first = entry.bytes.first, first == UInt8(ascii: "<") || first == UInt8(ascii: "["),
            let text = String(validating: entry.bytes, as: UTF8.self)
        else { return false }
        return MarkerText.isMarker(text)
    }

    private static func isPlain(_ entry: VocabularyEntry) -> Bool {
        guard let text = String(validating: entry.bytes, as: UTF8.self) else { return false }
        return text.unicodeScalars.count == 1
            || text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0 == "\u{2581}" }
    }

    /// How a text could spell a token: as in the file, and with blanks where SentencePiece writes U+2581.
    private static func spellings(of entry: VocabularyEntry) -> [[UInt8]] {
        guard let text = String(validating: entry.text, as: UTF8.self), text.unicodeScalars.contains("\u{2581}") else {
            return [entry.text]
        }
        var blanks = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { blanks.append(scalar == "\u{2581}" ? " " : scalar) }
        return [entry.text, Array(String(blanks).utf8)]
    }
}
