/// Cuts an example into statements: lines that belong together because brackets or quotation marks are open at their ends.
enum StatementScanner {
    /// What has more lines is no example of a statement, and neither is what follows it.
    private static let lineLimit = 100

    /// The statements of `text` in its order, without comments and blank lines between them.
    static func statements(of text: String, noteMark: String?) -> [String] {
        var found: [String] = []
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let parted = ExampleLine(String(line), noteMark: noteMark)
            if lines.isEmpty {
                guard !parted.isBlank else { continue }
            }
            guard lines.count < lineLimit else { return found }
            // Inside open quotation marks a comment's mark is text.
            lines.append(isOpen(lines.joined(separator: "\n")).quote ? String(line) : parted.statement)
            let state = isOpen(lines.joined(separator: "\n"))
            if !state.quote, !state.bracket {
                found.append(lines.joined(separator: "\n"))
                lines = []
            }
        }
        return found
    }

    /// Whether a quotation of several lines, or a bracket, is open at the end of `text`.
    private static func isOpen(_ text: String) -> (quote: Bool, bracket: Bool) {
        let scalars = Array(text.unicodeScalars)
        let quotes = QuotedText(scalars)
        var depth = 0
        for (scalar, isOutside) in zip(scalars, quotes.isOutside) where isOutside {
            if "([{".unicodeScalars.contains(scalar) { depth += 1 }
            if ")]}".unicodeScalars.contains(scalar) { depth -= 1 }
        }
        return (quotes.isOpenLong, depth > 0)
    }
}
