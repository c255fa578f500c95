/// One trusted text, taken apart once.
struct PreparedText: Hashable, Sendable {
    static let space: Unicode.Scalar = " "

    /// The text with each run of white space as one space.
    private let exact: [Unicode.Scalar]
    /// The same in lower case, position for position.
    private let lower: [Unicode.Scalar]
    let numbers: Set<Double>
    let dates: TextDates
    let links: Set<String>

    init(_ text: String) {
        exact = Self.scalars(of: text)
        lower = Self.folded(exact)
        numbers = TextNumbers.all(in: lower)
        dates = TextDates(lower)
        links = Set(LinkFinder.links(in: text).map(\.canonical))
    }

    /// The text with each run of white space as one space.
    var text: String { String(String.UnicodeScalarView(exact)) }

    /// The code points of a text with each run of white space as one space.
    static func scalars(of text: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if isSpace(scalar) {
                if scalars.last != space { scalars.append(space) }
            } else {
                scalars.append(scalar)
            }
        }
        return scalars
    }

    /// In lower case; a character whose lower case is several stays, so that positions stay.
    static func folded(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        scalars.map { scalar in
            if scalar.isASCII {
                return (65...90).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
            }
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            return lower.count == 1 ? lower.first ?? scalar : scalar
        }
    }

    /// Whether `wanted` occurs as a whole.
    func holds(_ wanted: [Unicode.Scalar], folded: Bool) -> Bool {
        hasPlace(for: wanted, folded: folded) { _ in true }
    }

    /// Whether `wanted` occurs as a whole where the text speaks of an identifier.
    func writesIdentifier(_ wanted: [Unicode.Scalar]) -> Bool {
        hasPlace(for: wanted, folded: false, isIdentifier: true) { start in
            (start > 0 && exact[start - 1] == "#") || isIdentifierPlace(start)
        }
    }

    /// Whether one of the places where `wanted` occurs as a whole is accepted.
    private func hasPlace(
        for wanted: [Unicode.Scalar], folded: Bool, isIdentifier: Bool = false, _ accepts: (Int) -> Bool
    ) -> Bool {
        let text = folded ? lower : exact
        guard let first = wanted.first, wanted.count <= text.count else { return false }
        for start in 0...(text.count - wanted.count) where text[start] == first {
            guard text[start..<(start + wanted.count)].elementsEqual(wanted) else { continue }
            if isStart(start, wanted, isIdentifier), isEnd(start + wanted.count, wanted), accepts(start) { return true }
        }
        return false
    }

    /// Whether nothing before `index` belongs to what starts there.
    private func isStart(_ index: Int, _ wanted: [Unicode.Scalar], _ isIdentifier: Bool) -> Bool {
        guard index > 0 else { return true }
        let before = exact[index - 1]
        // `#13`, `id=13`.
        if isIdentifier, before == "=" { return true }
        if isIdentifier, before == "#" { return index < 2 || !Self.isWord(exact[index - 2]) }
        if Self.isWord(before) || Self.joinsBefore.contains(before) { return false }
        // `1,200` holds no 200 and `10:30` no 30.
        if before == "," || before == ":", index > 1, Self.isDigit(exact[index - 2]), Self.isDigit(wanted.first) {
            return false
        }
        return true
    }

    /// Whether nothing at `index` belongs to what ends before it.
    private func isEnd(_ index: Int, _ wanted: [Unicode.Scalar]) -> Bool {
        guard index < exact.count else { return true }
        let after = exact[index]
        if Self.isWord(after) || Self.joinsAfter.contains(after) { return false }
        let next = index + 1 < exact.count ? exact[index + 1] : Self.space
        // `example.com` goes on in `example.com.evil.org`; at the end of a sentence it doesn't.
        if after == ".", Self.isWord(next) { return false }
        if after == "," || after == ":", Self.isDigit(next), Self.isDigit(wanted.last) { return false }
        // `a@b.c?x` and `path:x` go on as well, `really?` doesn't.
        if "?:=&+~".unicodeScalars.contains(after), Self.isWord(next) { return false }
        return true
    }

    private static let joinsBefore: Set<Unicode.Scalar> = [
        "@", ".", "-", "/", "\\", "_", "+", "%", "&", "=", "~", "#", "\u{2010}", "\u{2011}", "\u{200D}",
    ]
    private static let joinsAfter: Set<Unicode.Scalar> = [
        "@", "-", "/", "\\", "_", "%", "\u{2010}", "\u{2011}", "\u{200D}",
    ]
    private static let identifierWords: Set<String> = ["id", "ids", "identifier", "identifiers"]
    private static let identifierFillers: Set<String> = ["is", "are", "of", "no", "number", "numbers", "equals"]
    /// How many items of one list of identifiers are looked through.
    private static let identifierListLimit = 16

    /// Whether the text before `start` says that an identifier follows: `id 13`, `ID: "13"`, `ids 3, 5 and 13`.
    private func isIdentifierPlace(_ start: Int) -> Bool {
        var index = start
        var isFillerUsed = false
        for _ in 0..<Self.identifierListLimit {
            var gap = 0
            while index > 0, !Self.isWord(exact[index - 1]) {
                // Another sentence speaks of something else.
                if ".!?".unicodeScalars.contains(exact[index - 1]) || gap == 4 { return false }
                index -= 1
                gap += 1
            }
            guard index > 0, gap > 0 else { return false }
            let end = index
            while index > 0, Self.isWord(exact[index - 1]) || exact[index - 1] == "-" { index -= 1 }
            let word = String(String.UnicodeScalarView(lower[index..<end]))
            if Self.identifierWords.contains(word) { return true }
            if Self.identifierFillers.contains(word), !isFillerUsed {
                isFillerUsed = true
            } else if word != "and", word != "or", !lower[index..<end].contains(where: Self.isDigit) {
                return false
            }
        }
        return false
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? scalar == " " || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
    }

    static func isDigit(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { (48...57).contains($0.value) } ?? false }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return (97...122).contains(scalar.value) || (65...90).contains(scalar.value)
                || (48...57).contains(scalar.value) || scalar == "_"
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            // Invisible characters may hide that a word goes on.
            .format, .privateUse, .unassigned:
            true
        default: false
        }
    }
}
