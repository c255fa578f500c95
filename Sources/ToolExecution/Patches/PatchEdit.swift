import JSONSchemas

/// A proposed replacement of one line of the source file, checked before anything is run with it.
struct PatchEdit: Hashable, Sendable {
    /// The line's number, from 1.
    let line: Int
    /// The line as it is.
    let old: String
    /// What takes its place, on one line.
    let new: String
    /// Which kind of change it is.
    let change: String

    /// The longest line that is taken.
    private static let byteLimit = 2_000

    /// Why a proposal isn't tried.
    struct Refusal: Error, Hashable, Sendable {
        let reason: String
    }

    /// Reads a row: `line` and `new`, and where they are given `old` and `path`, which must be what is there.
    init(_ row: JSONObject, of program: SourceProgram, at path: String) throws(Refusal) {
        if let other = row.string("path"), other != path {
            throw Refusal(reason: "it touches another file than `\(path)`")
        }
        guard let number = row.integer("line"), let current = program.line(number) else {
            throw Refusal(reason: "`\(path)` has lines 1 to \(program.lines.count), and it names another")
        }
        guard let text = row.string("new") else { throw Refusal(reason: "it has no `new` line") }
        if let old = row.string("old"), old != current {
            throw Refusal(reason: "line \(number) isn't the one that it replaces")
        }
        guard !text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
            throw Refusal(reason: "it writes more than one line")
        }
        guard text.utf8.count <= Self.byteLimit, current.utf8.count <= Self.byteLimit else {
            throw Refusal(reason: "it or the line is longer than \(Self.byteLimit) bytes")
        }
        guard text.contains(where: { !$0.isWhitespace }) else { throw Refusal(reason: "it removes the line") }
        guard text != current else { throw Refusal(reason: "it changes nothing") }
        // A person decides on what can be seen, and a compiler reads the rest as well.
        let known = Set(current.unicodeScalars)
        if let hidden = text.unicodeScalars.first(where: { Self.isHidden($0) && !known.contains($0) }) {
            let code = String(hidden.value, radix: 16, uppercase: true)
            throw Refusal(reason: "it holds the character \(code), which can't be seen")
        }
        line = number
        old = current
        new = text
        change = row.string("change") ?? LineChange.Kind.written.rawValue
    }

    /// Controls but the tab, format characters, and what other languages take for a line's end.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar != "\t"
        case .format, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isNoncharacterCodePoint
        }
    }

    /// The edit as results show it.
    var json: JSONObject {
        JSONObject([
            ("line", .integer(line)), ("old", .string(old)), ("new", .string(new)), ("change", .string(change)),
        ])
    }

    /// The edit as a unified diff with up to three lines around it, none of which is very long.
    func difference(in program: SourceProgram, at path: String) -> String {
        func isShort(_ number: Int) -> Bool { program.line(number).map { $0.utf8.count <= Self.byteLimit } ?? false }
        var first = line
        while line - first < 3, isShort(first - 1) { first -= 1 }
        var last = line
        while last - line < 3, isShort(last + 1) { last += 1 }
        let count = last - first + 1
        var text = "--- a/\(path)\n+++ b/\(path)\n@@ -\(first),\(count) +\(first),\(count) @@\n"
        for number in first...last {
            if number == line {
                text += "-\(old)\n+\(new)\n"
            } else {
                text += " \(program.lines[number - 1])\n"
            }
        }
        return text
    }
}
