/// The commands of a code block, apart from the output that stands between them.
enum CommandBlock {
    private static let shells: Set = ["sh", "bash", "shell", "zsh", "console", "shell-session", "terminal"]
    private static let queries: Set = ["promql", "logql", "sql", "jsonpath", "kusto", "kql"]

    /// The commands of the block whose content is `range`.
    static func commands(_ bytes: [UInt8], _ range: Range<Int>, language: String) -> [RunbookSegment.Command] {
        let language = language.lowercased()
        if queries.contains(language) {
            let content = CodeSpans.trimmed(bytes, range)
            return content.isEmpty ? [] : [RunbookSegment.Command(line: Quote(bytes, content), isQuery: true)]
        }
        guard shells.contains(language) || language.isEmpty else { return [] }
        let lines = logicalLines(bytes, range)
        let hasPrompt = lines.contains { text(bytes, $0).hasPrefix("$ ") }
        var found: [RunbookSegment.Command] = []
        for line in lines {
            var line = line
            let text = text(bytes, line)
            if hasPrompt {
                guard text.hasPrefix("$ ") || text.hasPrefix("# ") else { continue }
                line = CodeSpans.trimmed(bytes, (line.lowerBound + 2)..<line.upperBound)
            } else if language.isEmpty || language == "console" || language == "terminal" {
                // Without a prompt nothing tells output from further commands.
                guard found.isEmpty, !text.hasPrefix("#"), isPlausible(text) else { break }
            } else if text.hasPrefix("#") || !isPlausible(text) {
                continue
            }
            let command = Quote(bytes, line)
            // An assignment only prepares the next line.
            guard !command.text.contains(/^[A-Za-z_][A-Za-z0-9_]*=\S*$|^[A-Z_][A-Z0-9_]*=/) else { continue }
            found.append(RunbookSegment.Command(line: command, isQuery: false))
        }
        return found
    }

    private static func isPlausible(_ text: String) -> Bool {
        text.contains(/^[a-z.\/][A-Za-z0-9_.\/+-]*( |$)/) && !text.hasPrefix("...")
    }

    private static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The lines that are not empty, one that ends in `\` together with the next.
    private static func logicalLines(_ bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = range.lowerBound
        var position = start
        while position <= range.upperBound {
            if position == range.upperBound || bytes[position] == UInt8(ascii: "\n") {
                let line = CodeSpans.trimmed(bytes, start..<position)
                let goesOn = !line.isEmpty && bytes[line.upperBound - 1] == UInt8(ascii: "\\")
                if !goesOn || position == range.upperBound {
                    if !line.isEmpty { lines.append(line) }
                    start = position + 1
                }
            }
            position += 1
        }
        return lines
    }
}
