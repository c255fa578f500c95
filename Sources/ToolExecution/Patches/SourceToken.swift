/// A piece of a line of source code, told from others by its form alone.
struct SourceToken: Hashable, Sendable {
    /// What it looks like.
    enum Kind: Hashable, Sendable {
        /// A name or a keyword.
        case word
        /// Digits, perhaps with a fraction.
        case number
        /// What stands between quotes, with them.
        case text
        /// An operator, a bracket or a separator.
        case symbol
    }

    let kind: Kind
    let text: String
    /// Where it stands, in bytes of the line.
    let range: Range<Int>

    /// Whether it is the operator, bracket or separator `symbol`.
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}

extension SourceToken {
    /// Symbols of more than one character, longest first.
    private static let symbols: [[UInt8]] = [
        "<<=", ">>=", "**=", "//=", "===", "!==", "...", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=",
        "%=", "&=", "|=", "^=", "<<", ">>", "**", "//", "->", "=>", "++", "--", "::", ":=",
    ].map { Array($0.utf8) }

    /// The tokens of a line up to a comment.
    static func tokens(of line: [UInt8], in dialect: SourceDialect) -> [SourceToken] {
        var tokens: [SourceToken] = []
        var place = 0
        while place < line.count {
            let byte = line[place]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
                place += 1
                continue
            }
            let rest = line[place...]
            if byte == UInt8(ascii: "#") || (dialect.slashesComment && rest.starts(with: Array("//".utf8))) { break }
            let (kind, end) = piece(of: line, at: place)
            tokens.append(
                SourceToken(kind: kind, text: String(decoding: line[place..<end], as: UTF8.self), range: place..<end))
            place = end
        }
        return tokens
    }

    private static func piece(of line: [UInt8], at start: Int) -> (Kind, Int) {
        let byte = line[start]
        if isWordByte(byte), !isDigit(byte) {
            return (.word, line[start...].firstIndex { !isWordByte($0) } ?? line.count)
        }
        if isDigit(byte) {
            var end = line[start...].firstIndex { !isWordByte($0) } ?? line.count
            if end + 1 < line.count, line[end] == UInt8(ascii: "."), isDigit(line[end + 1]) {
                end = line[(end + 1)...].firstIndex { !isWordByte($0) } ?? line.count
            }
            return (.number, end)
        }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") {
            var place = start + 1
            while place < line.count {
                if line[place] == UInt8(ascii: "\\") {
                    place += 2
                } else if line[place] == byte {
                    return (.text, place + 1)
                } else {
                    place += 1
                }
            }
            // A quote that doesn't end here is a sign like any other.
            return (.symbol, start + 1)
        }
        let rest = line[start...]
        return (.symbol, start + (symbols.first { rest.starts(with: $0) }?.count ?? 1))
    }

    /// Letters, digits, `_`, and whatever isn't ASCII, so that no character is cut.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= (byte | 0x20)
        return isLetter || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
