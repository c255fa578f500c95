import JSONSchemas

/// Lists edits of a source file that are worth a try, the likeliest first: what a model wrote for a line, and small
/// changes of the lines that it finds suspect.
struct PatchCandidatesTool: Tool {
    let name = "patch.candidates"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let source = try PatchSource(arguments)
        let limit = arguments.integer("limit") ?? 1_000
        var seen: Set<String> = []
        var found: [(edit: JSONObject, score: Double)] = []
        func add(_ number: Int, _ change: LineChange, _ share: Double) {
            guard let old = source.program.line(number), change.text != old,
                seen.insert("\(number) \(change.text)").inserted
            else { return }
            let edit = JSONObject([
                ("line", .integer(number)), ("old", .string(old)), ("new", .string(change.text)),
                ("change", .string(change.kind.rawValue)),
            ])
            found.append((edit, share * change.kind.weight))
        }
        for row in try arguments.rows("lines") {
            guard let number = row.integer("line"), source.program.line(number) != nil else {
                throw ToolError(.badArgument, "Can't list edits: a row names no line of `\(source.path)`.")
            }
            // A line that nobody was asked about is as likely as not.
            let share = min(1, max(0, row["share"]?.doubleValue ?? 0.5))
            if let text = row.string("text").flatMap({ Self.written($0, for: number, of: source.program) }) {
                add(number, LineChange(kind: .written, text: text), share + 1)
            }
            let changes = LineMutator.changes(
                of: source.program.lines[number - 1], names: source.program.names(near: number, in: source.dialect),
                in: source.dialect)
            for change in changes { add(number, change, share) }
        }
        let ranked = found.enumerated().sorted { left, right in
            left.element.score == right.element.score
                ? left.offset < right.offset : left.element.score > right.element.score
        }
        let rows = ranked.prefix(limit).enumerated().map { place, item -> JSONValue in
            var edit = item.element.edit
            edit["id"] = .string("P-\(place + 1)")
            return .object(edit)
        }
        return ["rows": .array(rows), "count": .integer(rows.count), "left_out": .integer(found.count - rows.count)]
    }

    /// What a model wrote for a line, at the line's own indentation and without its number; nil where that is no line.
    static func written(_ text: String, for number: Int, of program: SourceProgram) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        guard lines.count == 1, var line = lines.first else { return nil }
        line = line.drop { $0.isWhitespace }
        let prefix = "\(number):"
        if line.hasPrefix(prefix) { line = line.dropFirst(prefix.count).drop { $0.isWhitespace } }
        while line.last?.isWhitespace == true { line = line.dropLast() }
        return line.isEmpty ? nil : program.indented(String(line), as: number)
    }
}
