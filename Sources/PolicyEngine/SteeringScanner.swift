/// Finds sentences in which a text speaks to whoever works on it, instead of about its matter: orders to a machine,
/// forged roles, hidden or encoded text, values that only the one who sorts may set.
///
/// It is a sieve before a model reads, so that plain attacks don't even reach it; what gets past it meets closed
/// choices, the policy and a person. Nothing may rest on this scanner alone.
public struct SteeringScanner: Sendable {
    /// Why a sentence was taken out.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It begins as a turn of a conversation with a model does.
        case role
        /// It stands in a comment that a page would not show.
        case hidden
        /// It speaks to a machine.
        case addressee
        /// It tells its reader to drop rules.
        case instructions
        /// It sets a field that its reader sets.
        case field
        /// It claims that somebody agreed.
        case approval
        /// It wants to be given what belongs to others.
        case disclosure
        /// It holds an encoded text.
        case encoded
    }

    /// A sentence that was taken out.
    public struct Finding: Hashable, Sendable {
        /// The sentence as it stood there.
        public let text: String
        /// Why.
        public let reason: Reason
    }

    private let fields: Set<String>
    private let values: [String]

    /// A scanner.
    ///
    /// `fields`: names of what the reader sets, such as `severity`; they count where something is assigned to them.
    /// `values`: words that a text has no reason to say, such as protected labels; they count wherever they stand.
    public init(fields: [String] = [], values: [String] = []) {
        self.fields = Set(fields.map { $0.lowercased() })
        self.values = values.map { $0.lowercased() }.filter { !$0.isEmpty }
    }

    /// `text` without what was found, without invisible characters that carry no meaning; and what was found.
    public func screen(_ text: String) -> (text: String, findings: [Finding]) {
        var findings: [Finding] = []
        let visible = Self.withoutInvisible(text)
        var kept = ""
        var rest = visible[...]
        // Comments may run over sentences and lines, so they go first.
        while let comment = rest.firstMatch(of: /<!--(?s:.)*?(?:-->|$)/) {
            kept += rest[..<comment.range.lowerBound]
            findings.append(Finding(text: String(comment.0), reason: .hidden))
            rest = rest[comment.range.upperBound...]
        }
        kept += rest
        var result = ""
        for piece in Self.pieces(of: kept) {
            if let reason = reason(piece) {
                findings.append(Finding(text: String(piece.trimmed), reason: reason))
                if piece.last?.isNewline == true, result.last?.isNewline == false { result.append("\n") }
            } else {
                result += piece
            }
        }
        return (String(result[...].trimmed), findings)
    }

    /// Why `piece` is to be taken out; nil where it isn't.
    private func reason(_ piece: Substring) -> Reason? {
        let text = piece.lowercased()
        if text.contains(/^\W*(?:[\d:.,\-TZ\s]+)?(?:assistant|tool_result|tool_call)\b\s*[:\{\[]/)
            || piece.contains(/^\W*(?:[\d:.,\-TZ\s]+)?(?:SYSTEM|DEVELOPER|ASSISTANT|TOOL_RESULT)\s*[:\{]/)
            || text.contains("<|im_") || text.contains("tool_result")
        {
            return .role
        }
        if text.contains(
            /\b(?:automated triage|triage (?:bot|agent|system|assistant|must|model)|language model|(?:an die|to the|to an|dear|note to|hey|hello|à l'|a la) ?(?:ki|ai|ia|llm|bot|assistant|agent|model)\b|(?:ki|ai|ia|llm|bot|assistant)\s*[,:]\s)/
        ) {
            return .addressee
        }
        if text.contains(
            /\b(?:ignore|disregard|forget|override|bypass|ignoriere|vergiss|ignora|olvida|ignorez|oubliez?|dimentica)\b.{0,60}?\b(?:instruct|rules|prompt|polic|anweisung|regeln|instrucciones|reglas|consignes|instructions|istruzioni)/
        ) || text.contains(/\b(?:you are now|from now on you|maintenance mode|developer mode)\b/) {
            return .instructions
        }
        if setsField(text) { return .field }
        if text.contains(
            /auto_?approve|\bapprov(?:al|ed)\b.{0,30}\b(?:granted|operator|maintainer|admin)|\b(?:operator|maintainers?|admins?) ha(?:s|ve) (?:approved|agreed|authori[sz]ed)/
        ) {
            return .approval
        }
        if text.contains(
            /\b(?:post|print|send|output|reveal|repeat|publish)\b.{0,40}?\b(?:all|other|last|full|your|system|every)\b.{0,40}?\b(?:tickets|reports|prompt|addresses|secrets|tokens|passwords|conversation)/
        ) {
            return .disclosure
        }
        if holdsEncodedText(piece) { return .encoded }
        return nil
    }

    private func setsField(_ text: String) -> Bool {
        if values.contains(where: { Self.stands($0, in: text) }) { return true }
        for match in text.matches(of: /([a-z][a-z_]*)["']?\s*(?:[=:]|(?:to|must be|should be|auf)\s)/)
        where fields.contains(String(match.1)) {
            // Prose may say "severity: unclear" of something else; an assignment of a machine or an order does not
            // leave the word alone.
            if text.contains(/\b(?:set|setze|mark|label|classify|assign|must|should|output|add)\b|["'{}=\[\]]/) {
                return true
            }
        }
        return false
    }

    /// Whether `word` stands in `text` with nothing of a word around it.
    private static func stands(_ word: String, in text: String) -> Bool {
        func isWordCharacter(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || character == "_" || character == "-"
        }
        var rest = text[...]
        while let range = rest.firstRange(of: word) {
            let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
            let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
            if before.map(isWordCharacter) != true, after.map(isWordCharacter) != true { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// Whether a run of Base64 in `piece` is a readable text of several words.
    private func holdsEncodedText(_ piece: Substring) -> Bool {
        piece.matches(of: /[A-Za-z0-9+\/_\-]{24,}={0,2}/).contains { match in
            let bytes = Base64Bytes.decoded(match.0.utf8)
            guard bytes.count >= 16 else { return false }
            let readable = bytes.count { (0x20...0x7e).contains($0) || $0 == 0x0a || $0 >= 0xc2 }
            return readable == bytes.count && bytes.contains(0x20)
        }
    }

    /// Sentences and lines, each with the blanks behind it; put together they are the text.
    private static func pieces(of text: String) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            let ends =
                character.isNewline || "。！？".contains(character)
                || (".!?".contains(character) && (next == text.endIndex || text[next].isWhitespace))
            index = next
            guard ends else { continue }
            while index < text.endIndex, text[index] == " " { index = text.index(after: index) }
            if !character.isNewline, index < text.endIndex, text[index].isNewline { index = text.index(after: index) }
            pieces.append(text[start..<index])
            start = index
        }
        if start < text.endIndex { pieces.append(text[start...]) }
        return pieces
    }

    /// Without zero-width spaces, bidirectional overrides and tag characters. Joiners stay: scripts and emoji need them.
    private static func withoutInvisible(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x200b, 0x2060, 0xfeff, 0x202a...0x202e, 0x2066...0x2069, 0xe0000...0xe007f, 0x00...0x08, 0x0b, 0x0c,
                0x0e...0x1f, 0x7f...0x9f:
                continue
            default: view.append(scalar)
            }
        }
        return String(view)
    }
}

extension Substring {
    /// Without white space at its ends.
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
