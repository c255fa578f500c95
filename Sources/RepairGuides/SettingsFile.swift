/// The lines of a settings file of the form `key = value`, `key: value` or `key value`, looked at byte for byte.
struct SettingsFile {
    /// One setting.
    struct Line: Hashable {
        /// The whole line, without its line break.
        let text: String
        let key: String
        /// Without quotes around it and without a comment behind it.
        let value: String
        fileprivate let keyRange: Range<String.Index>
        fileprivate let valueRange: Range<String.Index>

        /// The line with another value, all else as it was.
        func setting(_ value: String) -> String {
            text.replacingCharacters(in: valueRange, with: value)
        }

        /// The line with another key, all else as it was.
        func renamed(_ key: String) -> String {
            text.replacingCharacters(in: keyRange, with: key)
        }
    }

    let lines: [Line]

    init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).compactMap { Self.line(String($0)) }
    }

    /// The line of `key`, if it is there once.
    func line(_ key: String) -> Line? {
        let found = lines.filter { $0.key == key }
        return found.count == 1 ? found[0] : nil
    }

    private static func line(_ text: String) -> Line? {
        let pattern = /^\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]\s*(.*?)(?:\s+[#;].*)?\s*$/
        guard let match = text.firstMatch(of: pattern) else { return nil }
        var value = match.output.2
        if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
            value = value.dropFirst().dropLast()
        }
        return Line(
            text: text, key: String(match.output.1), value: String(value),
            keyRange: match.output.1.startIndex..<match.output.1.endIndex,
            valueRange: value.startIndex..<value.endIndex)
    }
}

extension String {
    func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}

/// How far two words are apart.
enum Spelled {
    /// The least number of characters put in, left out, replaced or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { rows[i][0] = i }
        for j in 0...b.count { rows[0][j] = j }
        for i in 1...a.count {
            for j in 1...b.count {
                var best = min(
                    rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                rows[i][j] = best
            }
        }
        return rows[a.count][b.count]
    }
}
