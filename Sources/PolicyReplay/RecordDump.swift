package import JSONSchemas

/// Reads the block-style YAML that Python programs print records in: mappings, lists and scalars, plain or quoted, over
/// several lines or one.
///
/// It reads that and no more. A text that is anything else, in whole or in part, stays one string, so that nothing in
/// it counts as a record.
package struct RecordDump {
    private struct Unreadable: Error {}

    private struct Line {
        let indent: Int
        let text: Substring
        var isBlank: Bool { text.isEmpty }
    }

    private var lines: [Line]
    private var index = 0

    /// The records in `text`, or the text itself.
    package static func value(of text: String) -> JSONValue {
        var dump = RecordDump(text)
        guard dump.looksLikeRecords, let value = try? dump.block(at: 0) else { return .string(text) }
        dump.skipBlanks()
        return dump.index == dump.lines.count ? value : .string(text)
    }

    private init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let content = line.drop { $0 == " " }
            return Line(indent: line.count - content.count, text: content)
        }
    }

    private var looksLikeRecords: Bool {
        guard let first = lines.first, first.indent == 0 else { return false }
        return first.text.hasPrefix("- ") || first.text.contains(/^[A-Za-z_][A-Za-z0-9_]*:( |$)/)
    }

    private mutating func skipBlanks() {
        while index < lines.count, lines[index].isBlank { index += 1 }
    }

    /// The mapping or list whose lines start at `indent`.
    private mutating func block(at indent: Int) throws -> JSONValue {
        skipBlanks()
        guard index < lines.count, lines[index].indent == indent else { throw Unreadable() }
        return Self.isElement(lines[index]) ? try list(at: indent) : try mapping(at: indent)
    }

    private static func isElement(_ line: Line) -> Bool { line.text == "-" || line.text.hasPrefix("- ") }

    private mutating func list(at indent: Int) throws -> JSONValue {
        var elements: [JSONValue] = []
        while index < lines.count, lines[index].indent == indent, Self.isElement(lines[index]) {
            // What follows the dash is a line of its own, further in.
            let content = lines[index].text.dropFirst(2).drop { $0 == " " }
            let inner = indent + lines[index].text.count - content.count
            lines[index] = Line(indent: inner, text: content)
            if Self.keyEnd(content) != nil || Self.isElement(lines[index]) {
                elements.append(try block(at: inner))
            } else {
                elements.append(try scalar(under: indent))
            }
            skipBlanks()
        }
        return .array(elements)
    }

    private mutating func mapping(at indent: Int) throws -> JSONValue {
        var members = JSONObject()
        while index < lines.count, lines[index].indent == indent, !Self.isElement(lines[index]) {
            let text = lines[index].text
            guard let (name, rest) = Self.keyEnd(text), members[name] == nil else { throw Unreadable() }
            if rest.isEmpty {
                index += 1
                skipBlanks()
                guard index < lines.count else { throw Unreadable() }
                // A list may start where its key does.
                let isInside = lines[index].indent > indent
                guard isInside || (lines[index].indent == indent && Self.isElement(lines[index])) else {
                    throw Unreadable()
                }
                members[name] = try block(at: lines[index].indent)
            } else {
                lines[index] = Line(indent: indent, text: rest)
                members[name] = try scalar(under: indent)
            }
            skipBlanks()
        }
        guard !members.isEmpty else { throw Unreadable() }
        return .object(members)
    }

    /// A key and what follows its colon; nil where the line is none.
    private static func keyEnd(_ text: Substring) -> (String, Substring)? {
        if let match = text.prefixMatch(of: /'([^']*)':(?: +|$)/) {
            return (String(match.1), text[match.range.upperBound...])
        }
        guard let first = text.first, !"'\"[{&*!|>%@`".contains(first),
            let match = text.prefixMatch(of: /([^:#]+?):(?: +|$)/)
        else { return nil }
        return (String(match.1), text[match.range.upperBound...])
    }

    /// A scalar that starts on this line and goes on over lines further in than `indent`.
    private mutating func scalar(under indent: Int) throws -> JSONValue {
        let first = lines[index].text
        switch first.first {
        case "'": return .string(try quoted("'", under: indent))
        case "\"": return .string(try quoted("\"", under: indent))
        case "[" where first == "[]":
            index += 1
            return []
        case "{" where first == "{}":
            index += 1
            return [:]
        case "[", "{", "&", "*", "!", "|", ">", "%", "@", "`": throw Unreadable()
        default: break
        }
        var text = String(first)
        index += 1
        var blanks = 0
        while index < lines.count, lines[index].isBlank || lines[index].indent > indent {
            if lines[index].isBlank {
                blanks += 1
            } else {
                guard Self.keyEnd(lines[index].text) == nil else { throw Unreadable() }
                text += (blanks == 0 ? " " : String(repeating: "\n", count: blanks)) + lines[index].text
                blanks = 0
            }
            index += 1
        }
        return Self.plain(text)
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "null", "~": return .null
        case "true": return true
        case "false": return false
        default: break
        }
        if text.contains(/^-?[0-9]+$/), let number = Int(text) { return .integer(number) }
        if text.contains(/^-?[0-9]+\.[0-9]+$/), let number = Double(text) { return .number(number) }
        return .string(text)
    }

    private mutating func quoted(_ quote: Character, under indent: Int) throws -> String {
        var text = ""
        var rest = lines[index].text.dropFirst()
        while true {
            var isJoined = false
            while let character = rest.popFirst() {
                if character == quote {
                    // Two single quotes are one.
                    if quote == "'", rest.first == "'" {
                        text.append(rest.removeFirst())
                        continue
                    }
                    index += 1
                    guard rest.isEmpty else { throw Unreadable() }
                    return text
                }
                guard quote == "\"", character == "\\" else {
                    text.append(character)
                    continue
                }
                guard let escaped = rest.popFirst() else {
                    isJoined = true
                    break
                }
                text.append(try Self.unescaped(escaped, &rest))
            }
            index += 1
            var blanks = 0
            while index < lines.count, lines[index].isBlank {
                blanks += 1
                index += 1
            }
            guard index < lines.count, lines[index].indent > indent || indent == 0 else { throw Unreadable() }
            if blanks > 0 {
                text += String(repeating: "\n", count: blanks)
            } else if !isJoined {
                text += " "
            }
            rest = lines[index].text
            // A line that starts with an escaped space keeps it.
            if isJoined, rest.hasPrefix("\\ ") { rest = rest.dropFirst() }
        }
    }

    private static func unescaped(_ character: Character, _ rest: inout Substring) throws -> Character {
        func code(_ digits: Int) throws -> Character {
            let text = rest.prefix(digits)
            guard text.count == digits, let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value) else {
                throw Unreadable()
            }
            rest = rest.dropFirst(digits)
            return Character(scalar)
        }
        switch character {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "0": return "\0"
        case "\"", "\\", "/", " ": return character
        case "_": return "\u{A0}"
        case "N": return "\u{85}"
        case "L": return "\u{2028}"
        case "P": return "\u{2029}"
        case "e": return "\u{1B}"
        case "x": return try code(2)
        case "u": return try code(4)
        case "U": return try code(8)
        default: throw Unreadable()
        }
    }
}
