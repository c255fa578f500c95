/// Cuts an input of an unknown format into tokens. Comments count as one token, begun by one of the given marks behind white
/// space or at a line's start; only control characters in them are told.
struct LexicalScanner {
    private static let digitLimit = 5
    /// How much of an input is looked at.
    private static let scalarLimit = 20_000

    private let scalars: [Unicode.Scalar]
    private let marks: [[Unicode.Scalar]]
    private var position = 0
    private var hasGap = true
    private var quote: (mark: Unicode.Scalar, length: Int)?
    private var tokens = [LexicalToken("line", hasGap: true)]

    /// The tokens of `text`, of its first 20,000 characters, with a line's end before the first and an end behind the last.
    static func tokens(of text: String, noteMarks: [String]) -> [LexicalToken] {
        var scanner = LexicalScanner(text, noteMarks)
        while scanner.position < scanner.scalars.count { scanner.step() }
        if scanner.tokens.last?.kind != "line" { scanner.tokens.append(LexicalToken("line", hasGap: false)) }
        scanner.tokens.append(LexicalToken("end", hasGap: true))
        return scanner.tokens
    }

    private init(_ text: String, _ noteMarks: [String]) {
        scalars = Array(text.unicodeScalars.prefix(Self.scalarLimit))
        marks = noteMarks.map { Array($0.unicodeScalars) }
    }

    private mutating func step() {
        let scalar = scalars[position]
        if scalar == " " || scalar == "\t" {
            hasGap = true
            position += 1
        } else if scalar == "\n" || (scalar == "\r" && follows(position, "\n")) {
            tokens.append(LexicalToken("line", hasGap: hasGap))
            position += scalar == "\n" ? 1 : 2
            hasGap = true
            quote = nil
        } else if hasGap, quote == nil, marks.contains(where: { starts(with: $0) }) {
            takeNote()
        } else if Self.isDigit(scalar) {
            let end = self.end(from: position, while: Self.isDigit)
            let length = min(end - position, Self.digitLimit)
            add("digits", exact: "digits\(length)", upTo: end)
        } else if Self.isLetter(scalar) {
            takeWord()
        } else if Self.isQuote(scalar) {
            takeQuote(scalar)
        } else {
            add(Self.kind(of: scalar), upTo: position + 1)
        }
    }

    private mutating func add(_ kind: String, exact: String? = nil, upTo end: Int) {
        tokens.append(LexicalToken(kind, exact: exact, hasGap: hasGap))
        hasGap = false
        position = end
    }

    private mutating func takeNote() {
        tokens.append(LexicalToken("note", hasGap: true))
        hasGap = false
        while position < scalars.count, scalars[position] != "\n" {
            let scalar = scalars[position]
            let endsLine = scalar == "\r" && follows(position, "\n")
            if scalar != "\t", !endsLine, Self.isControl(scalar) {
                tokens.append(LexicalToken("control", hasGap: false))
            }
            position += 1
        }
    }

    private mutating func takeWord() {
        let isBehindDigit = position > 0 && Self.isDigit(scalars[position - 1])
        var end = self.end(from: position, while: Self.isLetter)
        if !isBehindDigit {
            // Words joined by hyphens, `no-close-01`, are one name.
            while end + 1 < scalars.count, scalars[end] == "-", Self.isLetterOrDigit(scalars[end + 1]) {
                end = self.end(from: end + 1, while: Self.isLetterOrDigit)
            }
        }
        let isBeforeDigit = end < scalars.count && Self.isDigit(scalars[end])
        let word = String(String.UnicodeScalarView(scalars[position..<end]))
        if end - position == 1, isBehindDigit || isBeforeDigit {
            add("letter " + word.lowercased(), upTo: end)
        } else {
            add(word == word.lowercased() ? "word" : "Word", upTo: end)
        }
    }

    private mutating func takeQuote(_ mark: Unicode.Scalar) {
        let end = self.end(from: position) { $0 == mark }
        let length = end - position
        if let open = quote {
            if open.mark == mark, open.length <= length { quote = nil }
        } else if length != 2 {
            quote = (mark, length)
        }
        add(length == 1 ? "quote" : "quotes", upTo: end)
    }

    private func starts(with mark: [Unicode.Scalar]) -> Bool {
        scalars[position...].starts(with: mark)
    }

    private func follows(_ place: Int, _ scalar: Unicode.Scalar) -> Bool {
        place + 1 < scalars.count && scalars[place + 1] == scalar
    }

    private func end(from start: Int, while holds: (Unicode.Scalar) -> Bool) -> Int {
        var end = start
        while end < scalars.count, holds(scalars[end]) { end += 1 }
        return end
    }

    private static func kind(of scalar: Unicode.Scalar) -> String {
        if isControl(scalar) { return "control" }
        guard !scalar.isASCII else { return String(Character(scalar)) }
        if scalar.properties.numericType == .decimal { return "other digit" }
        if scalar.properties.isAlphabetic { return "other letter" }
        return scalar.properties.isWhitespace ? "other space" : "other"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || scalar.value == 0x7F }
    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private static func isQuote(_ scalar: Unicode.Scalar) -> Bool { scalar == "\"" || scalar == "'" || scalar == "`" }
    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool { isLetter(scalar) || isDigit(scalar) }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
}
