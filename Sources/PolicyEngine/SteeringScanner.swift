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
    private let values: [[Unicode.Scalar]]
    private let options: [String: Set<String>]

    /// A scanner.
    ///
    /// - Parameters:
    ///   - fields: names of what the reader sets, such as `severity`; they count where something is assigned to them.
    ///   - values: words that a text has no reason to say, such as protected labels; they count wherever they stand.
    ///   - options: what a field can be. A code among these, with letters and digits such as `s2`, counts right behind
    ///     its field's name, and in a sentence that has another field's name with one of its options right behind,
    ///     whichever language the rest is.
    public init(fields: [String] = [], values: [String] = [], options: [String: [String]] = [:]) {
        self.fields = Set(fields.map { $0.lowercased() })
        self.values = values.map { Array($0.lowercased().unicodeScalars) }.filter { !$0.isEmpty }
        self.options = Dictionary(
            options.map { ($0.key.lowercased(), Set($0.value.map { $0.lowercased() })) },
            uniquingKeysWith: { $0.union($1) })
    }

    /// `text` without what was found, without invisible characters that carry no meaning; and what was found.
    ///
    /// - Complexity: O(*n*) for each of the scanner's fields, values and options.
    public func screen(_ text: String) -> (text: String, findings: [Finding]) {
        var findings: [Finding] = []
        var kept = ""
        // Comments may run over sentences and lines, so they go first.
        for part in Self.comments(in: Self.withoutInvisible(text)) {
            if part.isComment {
                findings.append(Finding(text: String(part.text), reason: .hidden))
            } else {
                kept += part.text
            }
        }
        var result = ""
        var isHeaded = false
        var isUnderHeading = false
        for piece in Self.pieces(of: kept) {
            let sentence = SteeringSentence(piece)
            // What stands under a forged heading belongs to it, up to the next empty line behind some of it.
            if piece.trimmed.isEmpty {
                isHeaded = isHeaded && !isUnderHeading
            } else if sentence.isHeading {
                (isHeaded, isUnderHeading) = (true, false)
            } else {
                isUnderHeading = isHeaded
            }
            let reason =
                piece.trimmed.isEmpty
                ? nil : isHeaded ? .role : sentence.reason(fields: fields, values: values, options: options)
            if let reason {
                findings.append(Finding(text: String(piece.trimmed), reason: reason))
                if piece.last?.isNewline == true, result.last?.isNewline == false { result.append("\n") }
            } else {
                result += piece
            }
        }
        return (String(result[...].trimmed), findings)
    }

    /// The text in parts: comments, `<!-- ... -->` or up to the end, and what stands between them.
    private static func comments(in text: String) -> [(text: Substring, isComment: Bool)] {
        let bytes = text.utf8
        var parts: [(text: Substring, isComment: Bool)] = []
        var rest = text[...]
        while let start = bytes[rest.startIndex...].firstIndex(of: "<!--") {
            if rest.startIndex < start { parts.append((text[rest.startIndex..<start], false)) }
            let inside = bytes.index(start, offsetBy: 4)
            let close = bytes[inside...].firstIndex(of: "-->")
            let end = close.map { bytes.index($0, offsetBy: 3) } ?? text.endIndex
            parts.append((text[start..<end], true))
            rest = text[end...]
        }
        if !rest.isEmpty { parts.append((rest, false)) }
        return parts
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
            case 0x200c, 0x200d:
                // In Latin letters they join nothing.
                if view.last?.isASCII != true { view.append(scalar) }
            case 0xad, 0x34f, 0x180e, 0x200b, 0x2060...0x2064, 0xfeff, 0x202a...0x202e, 0x2066...0x2069,
                0xe0000...0xe007f, 0x00...0x08, 0x0b, 0x0c,
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

extension Substring.UTF8View {
    /// Where `mark` first stands.
    fileprivate func firstIndex(of mark: String) -> Index? {
        let wanted = mark.utf8
        return indices.first { self[$0] == wanted.first && self[$0...].starts(with: wanted) }
    }
}
