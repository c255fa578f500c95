/// Text for GitHub Flavored Markdown in which nothing is markup.
///
/// Escaping covers CommonMark 0.31 and GFM's additions (tables, strikethrough, bare links, `www.` links, mail
/// addresses, math), and what hosting sites add after rendering (mentions, issue numbers). The latter act on
/// the rendered text, where a backslash is already gone, so a zero-width space (`&#8203;`) is set after the
/// character that triggers them.
enum MarkdownText {
    private static let zeroWidthSpace = "&#8203;"

    /// The text on one line, safe anywhere a word may stand: paragraph, heading, list item, table cell.
    static func inline(_ text: String) -> String {
        let words = VisibleText.showingControls(text).split { $0 == "\n" || $0 == "\t" || $0 == " " }
        return escapedLine(words.joined(separator: " "))
    }

    /// The text as a code span; one with a `|` or a line break is written as an HTML element, which tables
    /// don't cut.
    static func codeSpan(_ text: String) -> String {
        let text = VisibleText.showingControls(text)
        if text.isEmpty || text.contains("|") || text.contains("\n") { return codeElement(text) }
        let fence = String(repeating: "`", count: longestBacktickRun(in: text) + 1)
        // A space inside each fence is dropped again when both are there, which keeps the text's own spaces
        // and backticks.
        let needsPadding =
            text.hasPrefix("`") || text.hasSuffix("`") || text.hasPrefix(" ") || text.hasSuffix(" ")
        // Between fences only spaces would keep the padding.
        if needsPadding, text.allSatisfy({ $0 == " " }) { return codeElement(text) }
        return needsPadding ? "\(fence) \(text) \(fence)" : fence + text + fence
    }

    /// The text as a fenced block, its fence longer than any run of backticks inside. Starts and ends without
    /// a line break.
    static func fencedBlock(_ text: String) -> String {
        let text = VisibleText.showingControls(text)
        let fence = String(repeating: "`", count: max(3, longestBacktickRun(in: text) + 1))
        return "\(fence)text\n\(text)\(text.hasSuffix("\n") || text.isEmpty ? "" : "\n")\(fence)"
    }

    /// The text as a block quotation with a hard break after each line.
    static func quotation(_ text: String) -> String {
        VisibleText.lines(of: VisibleText.showingControls(text)).map { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.isEmpty ? ">" : "> " + escapedLine(words.joined(separator: " "))
        }.joined(separator: "  \n")
    }

    /// Escapes one line without line breaks.
    private static func escapedLine(_ line: String) -> String {
        let scalars = Array(line.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            // What stands at the start is a block's marker only when a space, the same character or nothing
            // follows.
            let startsBlock = index == 0 && (next == nil || next == " " || next == scalar)
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "$":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "@": result += isWordlike(next) ? "@" + zeroWidthSpace : "@"
            case "#": result += (startsBlock ? "\\#" : "#") + (isDigit(next) ? zeroWidthSpace : "")
            case ":": result += isScheme(before: index, in: scalars) ? ":" + zeroWidthSpace : ":"
            case ".", ")":
                if scalar == ".", isAfterWWW(index, in: scalars) { result += zeroWidthSpace }
                if next == nil || next == " ", isListNumber(before: index, in: scalars) { result += "\\" }
                result.unicodeScalars.append(scalar)
            // "GH-1" is an issue number on some sites.
            case "-":
                result += (startsBlock ? "\\-" : "-") + (isAfterGH(index, in: scalars) ? zeroWidthSpace : "")
            case "+", "=": result += (startsBlock ? "\\" : "") + String(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { ("0"..."9").contains($0) } ?? false
    }

    private static func isWordlike(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { isAlphanumeric($0) || $0 == "-" || $0 == "_" || $0.value >= 0x80 } ?? false
    }

    /// Whether the colon at `index` would start a bare link: `://`, or one of the schemes that need no
    /// slashes.
    private static func isScheme(before index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        if scalars[(index + 1)...].prefix(2).elementsEqual(["/", "/"]) { return true }
        let word = String(String.UnicodeScalarView(scalars[..<index].suffix(6))).lowercased()
        return word.hasSuffix("mailto") || word.hasSuffix("xmpp")
    }

    private static func isAfterWWW(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        index >= 3 && scalars[(index - 3)..<index].allSatisfy { $0 == "w" || $0 == "W" }
    }

    private static func isAfterGH(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        index >= 2 && String(String.UnicodeScalarView(scalars[(index - 2)..<index])).uppercased() == "GH"
    }

    private static func isListNumber(before index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        index > 0 && index <= 9 && scalars[..<index].allSatisfy { ("0"..."9").contains($0) }
    }

    /// `<code>` with everything that means something inside a line as an entity.
    private static func codeElement(_ text: String) -> String {
        var content = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": content += "<br>"
            case "@": content += "&#64;" + zeroWidthSpace
            default:
                let isPlain = scalar.value >= 0x80 || scalar == " " || isAlphanumeric(scalar)
                content += isPlain ? String(scalar) : "&#\(scalar.value);"
            }
        }
        return "<code>\(content)</code>"
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func longestBacktickRun(in text: String) -> Int {
        var longest = 0
        var current = 0
        for byte in text.utf8 {
            current = byte == UInt8(ascii: "`") ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}
