/// The rules of the house style that can be read off the text of a source file.
///
/// They take text, not files, so that a test can show each of them failing.
enum HouseRules {
    static let lineLimit = 500

    /// What needs a reason in a comment on the line above.
    static let needsReason = ["try!", "as!", "@unchecked Sendable", "nonisolated(unsafe)"]

    /// Every rule, as sentences that name the file and line.
    static func violations(in source: SourceText) -> [String] {
        imports(of: source) + unexplained(in: source) + length(of: source)
    }

    private static func imports(of source: SourceText) -> [String] {
        guard let allowed = ImportTable.allowed[source.room] else {
            return ["\(source.room): the import table has no row for this room"]
        }
        return source.imports.compactMap { module, line in
            let place = "\(source.room)/\(source.name):\(line)"
            if let owners = ImportTable.owners[module], !owners.contains(source.room) {
                return "\(place): only \(owners.sorted().joined(separator: " and ")) may import \(module)"
            }
            if ImportTable.pure.contains(source.room), ImportTable.platform.contains(module) {
                return "\(place): \(source.room) does no I/O and may not import \(module)"
            }
            let known = allowed.union(ImportTable.standard).union(ImportTable.platform)
            return known.contains(module) ? nil : "\(place): \(source.room) may not import \(module)"
        }
    }

    private static func unexplained(in source: SourceText) -> [String] {
        source.codeLines.enumerated().flatMap { index, line in
            needsReason.filter { contains($0, in: line) }.compactMap { construct in
                let above = index > 0 ? source.lines[index - 1].drop(while: { $0 == " " }) : ""
                // A documentation comment describes the declaration; a reason is for the reader of the code.
                guard !above.hasPrefix("//") || above.hasPrefix("///") else { return nil }
                return
                    "\(source.room)/\(source.name):\(index + 1): `\(construct)` has no reason on the line above"
            }
        }
    }

    /// The construct as a word of its own: `as!`, but not the end of `alias!`.
    private static func contains(_ construct: String, in line: Substring) -> Bool {
        var rest = line
        while let range = rest.firstRange(of: construct) {
            let before = rest[..<range.lowerBound].last
            if before.map({ !$0.isLetter && !$0.isNumber && $0 != "_" }) ?? true { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    private static func length(of source: SourceText) -> [String] {
        let count = source.lines.last == "" ? source.lines.count - 1 : source.lines.count
        guard count > lineLimit else { return [] }
        return ["\(source.room)/\(source.name): \(count) lines, more than \(lineLimit)"]
    }
}
