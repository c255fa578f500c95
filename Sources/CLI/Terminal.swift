import Foundation

/// What the terminal is and what may be shown on it.
enum Terminal {
    static var errorIsTerminal: Bool { isatty(2) == 1 }
    static var inputIsTerminal: Bool { isatty(0) == 1 && isatty(2) == 1 }

    /// Text with control characters, escape sequences and bidirectional overrides made visible: what a model or a
    /// document wrote must not move the cursor, recolor a question or reverse its words.
    static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x09: result.unicodeScalars.append(scalar)
            case 0x00...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xE0000...0xE007F:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `text` on one line of at most `width` characters.
    static func line(_ text: String, width: Int) -> String {
        let flat = visible(text).replacing("\n", with: " ").replacing("\t", with: " ")
        return flat.count > width ? flat.prefix(max(1, width - 3)) + "..." : flat
    }
}
