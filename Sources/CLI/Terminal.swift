import Foundation
import PolicyEngine

/// What the terminal is and what may be shown on it.
enum Terminal {
    static var errorIsTerminal: Bool { isatty(2) == 1 }
    static var inputIsTerminal: Bool { isatty(0) == 1 && isatty(2) == 1 }

    /// Text with control characters, escape sequences and bidirectional overrides made visible: what a model or a
    /// document wrote must not move the cursor, recolor a question or reverse its words.
    static func visible(_ text: String) -> String { VisibleText.escaping(text) }

    /// `text` on one line of at most `width` characters.
    static func line(_ text: String, width: Int) -> String {
        let flat = visible(text).replacing("\n", with: " ").replacing("\t", with: " ")
        return flat.count > width ? flat.prefix(max(1, width - 3)) + "..." : flat
    }
}
