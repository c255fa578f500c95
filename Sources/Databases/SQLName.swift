/// Names of tables and columns that come from outside, checked and quoted for use in a statement.
enum SQLName {
    /// The longest name accepted, in bytes.
    static let byteLimit = 128

    /// Checks the name of a table to be written: letters, digits and single underscores, a letter first.
    ///
    /// A double underscore is kept for the search tables that stand beside a table.
    static func checkTable(_ name: String) throws(DatabaseToolError) {
        let operation = "write table `\(printable(name))`"
        guard !name.isEmpty, name.utf8.count <= byteLimit else {
            throw DatabaseToolError(.invalid, operation, "a table's name has 1 to \(byteLimit) bytes")
        }
        let isWord = name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
        guard isWord, let first = name.utf8.first, isLetter(first) else {
            throw DatabaseToolError(
                .invalid, operation,
                "a table's name is letters, digits and underscores, and starts with a letter")
        }
        guard !name.contains("__"), !name.lowercased().hasPrefix("sqlite_"),
            !name.lowercased().hasPrefix("pragma_")
        else {
            throw DatabaseToolError(
                .invalid, operation, "names with `__`, or starting with `sqlite_` or `pragma_`, are reserved")
        }
    }

    /// Checks the names of one table's columns: any text without control characters, distinct when case is
    /// ignored.
    static func checkColumns(_ names: [String], of table: String) throws(DatabaseToolError) {
        let operation = "write table `\(table)`"
        guard names.count <= 1_000 else {
            throw DatabaseToolError(
                .sizeLimit, operation, "it would have \(names.count) columns, the limit is 1000")
        }
        var seen: [String: String] = [:]
        for name in names {
            guard !name.isEmpty, name.utf8.count <= byteLimit else {
                throw DatabaseToolError(.invalid, operation, "a column's name has 1 to \(byteLimit) bytes")
            }
            guard name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw DatabaseToolError(
                    .invalid, operation, "the column name `\(printable(name))` holds a control character")
            }
            // SQLite folds only ASCII letters when it compares names.
            let folded = asciiLowercased(name)
            if let other = seen.updateValue(name, forKey: folded) {
                throw DatabaseToolError(
                    .invalid, operation,
                    "columns `\(other)` and `\(name)` differ only in upper and lower case")
            }
            guard !["rowid", "oid", "_rowid_"].contains(folded) else {
                throw DatabaseToolError(
                    .invalid, operation, "the column name `\(name)` is reserved for the row's number")
            }
        }
    }

    /// The name in double quotes, quotes inside doubled.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// The name with ASCII letters in lower case, as SQLite compares names.
    static func asciiLowercased(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The name shortened and without control characters, for an error's sentence.
    static func printable(_ name: String) -> String {
        let scalars = name.unicodeScalars.prefix(64).map {
            $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
