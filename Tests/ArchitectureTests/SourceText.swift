/// One Swift file, with a second copy of its lines in which comments and string contents are blank.
struct SourceText {
    let room: String
    let name: String
    /// The lines as written.
    let lines: [Substring]
    /// The same lines without what is in comments and strings.
    let codeLines: [Substring]

    init(room: String, name: String, text: String) {
        self.room = room
        self.name = name
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        codeLines = Self.codeOnly(text).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The modules that the file imports, with the number of the line.
    var imports: [(module: String, line: Int)] {
        codeLines.enumerated().compactMap { index, line in
            var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
            while let word = words.first, word.hasPrefix("@") || Self.importModifiers.contains(String(word)) {
                words = words.dropFirst()
            }
            guard words.first == "import" else { return nil }
            words = words.dropFirst()
            if let word = words.first, Self.importKinds.contains(String(word)), words.count > 1 {
                words = words.dropFirst()
            }
            guard let module = words.first?.split(separator: ".").first else { return nil }
            return (String(module), index + 1)
        }
    }

    private static let importModifiers: Set<String> = [
        "public", "package", "internal", "private", "fileprivate",
    ]
    private static let importKinds: Set<String> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]

    /// Every character that a comment or a string can begin or end with.
    private static let marks: Set<Unicode.Scalar> = ["/", "*", "\"", "#", "\\", "\n"]

    private enum State: Equatable {
        case code, lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    /// Good enough for rules about words: a string inside an interpolation may confuse it, until the line ends.
    private static func codeOnly(_ text: String) -> String {
        let characters = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var state = State.code
        var index = 0
        func matches(_ pattern: String) -> Bool {
            characters[index...].starts(with: pattern.unicodeScalars)
        }
        while index < characters.count {
            let character = characters[index]
            var width = 1
            var isKept = false
            // Most characters neither begin nor end anything; looking no further makes this ten times faster.
            guard Self.marks.contains(character) else {
                if state == .code { result.append(character) }
                index += 1
                continue
            }
            switch state {
            case .code:
                if matches("//") {
                    state = .lineComment
                } else if matches("/*") {
                    state = .blockComment(depth: 1)
                    width = 2
                } else if let (hashes, isMultiline) = stringStart(characters[index...]) {
                    state = .string(hashes: hashes, isMultiline: isMultiline)
                    width = hashes + (isMultiline ? 3 : 1)
                } else {
                    isKept = true
                }
            case .lineComment:
                if character == "\n" { state = .code }
            case .blockComment(let depth):
                if matches("*/") {
                    state = depth == 1 ? .code : .blockComment(depth: depth - 1)
                    width = 2
                } else if matches("/*") {
                    state = .blockComment(depth: depth + 1)
                    width = 2
                }
            case .string(let hashes, let isMultiline):
                let mark = String(repeating: "#", count: hashes)
                let end = (isMultiline ? "\"\"\"" : "\"") + mark
                if matches(end) {
                    state = .code
                    width = end.unicodeScalars.count
                } else if matches("\\" + mark), index + hashes + 1 < characters.count,
                    characters[index + hashes + 1] != "\n"
                {
                    width = hashes + 2
                } else if character == "\n", !isMultiline {
                    state = .code
                }
            }
            // Line breaks stay everywhere, so that line numbers do.
            for consumed in characters[index..<min(index + width, characters.count)]
            where isKept || consumed == "\n" {
                result.append(consumed)
            }
            index += width
        }
        return String(result)
    }

    private static func stringStart(_ rest: ArraySlice<Unicode.Scalar>) -> (hashes: Int, isMultiline: Bool)? {
        let hashes = rest.prefix(while: { $0 == "#" }).count
        let quotes = rest.dropFirst(hashes)
        guard quotes.first == "\"" else { return nil }
        return (hashes, quotes.starts(with: "\"\"\"".unicodeScalars))
    }
}
