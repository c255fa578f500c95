public import JSONSchemas

/// Rows as comma-separated values, RFC 4180: lines end in CR LF, a cell with a comma, quote or line break is
/// quoted.
///
/// | JSON | cell |
/// | --- | --- |
/// | null, absent | empty |
/// | number, boolean | as in JSON |
/// | text | as it is; one that a spreadsheet would calculate has `'` before it |
/// | array, object | compact JSON |
///
/// A spreadsheet takes a cell that starts with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula.
/// Text that is a plain number (`-5`, `+1.5e3`) is harmless and stays as it is.
public enum CSVReport {
    /// Renders a header line and one line for each row.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - columns: The columns in order; none means all keys in the order they are first seen.
    ///   - guardsFormulas: Whether text that a spreadsheet would calculate gets a `'`. Turn it off only for
    ///     files that programs read.
    /// - Returns: The file's text.
    /// - Throws: `ReportError` with `.missingVariable` when there are rows and none of them has one of
    ///   `columns`.
    public static func render(
        rows: [JSONObject], columns: [String] = [], guardsFormulas: Bool = true
    ) throws(ReportError) -> String {
        var names = columns
        if names.isEmpty {
            var seen: Set<String> = []
            for row in rows {
                for key in row.keys where seen.insert(key).inserted { names.append(key) }
            }
        } else if !rows.isEmpty {
            for name in names where !rows.contains(where: { $0[name] != nil }) {
                throw ReportError(.missingVariable, "write CSV", "no row has the column `\(name)`")
            }
        }
        func line(_ cells: [JSONValue]) -> String {
            cells.map { cell($0, guardsFormulas: guardsFormulas) }.joined(separator: ",") + "\r\n"
        }
        var text = line(names.map { .string($0) })
        for row in rows { text += line(names.map { row[$0] ?? .null }) }
        return text
    }

    private static func cell(_ value: JSONValue, guardsFormulas: Bool) -> String {
        switch value {
        case .null: return ""
        case .string(let text):
            return quoted(guardsFormulas && isFormula(text) ? "'" + text : text)
        default: return quoted(value.serialized(.compact))
        }
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }
        guard needsQuotes || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
        return !isPlainNumber(text)
    }

    /// Whether the text is a sign, digits, and optionally a fraction and an exponent.
    private static func isPlainNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func skipDigits() -> Bool {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = skip("+-")
        guard skipDigits() else { return false }
        if skip("."), !skipDigits() { return false }
        if skip("eE") {
            _ = skip("+-")
            guard skipDigits() else { return false }
        }
        return rest.isEmpty
    }
}
