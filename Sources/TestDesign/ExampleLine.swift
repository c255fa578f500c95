/// A line of an example, parted from the remark behind it.
struct ExampleLine {
    /// What stands before the remark, without the white space at its end.
    let statement: String
    /// The remark without its mark; an empty string where there is none.
    let remark: String

    /// Parts `line` at a comment's mark behind white space or at the start, outside quotation marks.
    init(_ line: String, noteMark: String?) {
        guard let noteMark else {
            statement = Self.trimmedEnd(line)
            remark = ""
            return
        }
        let scalars = Array(line.unicodeScalars)
        let mark = Array(noteMark.unicodeScalars)
        let text = QuotedText(scalars)
        let start = scalars.indices.first { place in
            text.isOutside[place] && (place == 0 || scalars[place - 1] == " " || scalars[place - 1] == "\t")
                && scalars[place...].starts(with: mark)
        }
        guard let start else {
            statement = Self.trimmedEnd(line)
            remark = ""
            return
        }
        statement = Self.trimmedEnd(String(String.UnicodeScalarView(scalars[..<start])))
        let rest = String(String.UnicodeScalarView(scalars[(start + mark.count)...]))
        remark = Self.trimmedEnd(String(rest.drop { $0 == " " || $0 == "\t" }))
    }

    /// Parts `line` at the first three spaces in a row: the remark stands in a column of its own.
    init(column line: String) {
        guard let gap = line.firstRange(of: "   "), line[..<gap.lowerBound].contains(where: { !$0.isWhitespace }) else {
            statement = Self.trimmedEnd(line)
            remark = ""
            return
        }
        statement = Self.trimmedEnd(String(line[..<gap.lowerBound]))
        remark = Self.trimmedEnd(String(line[gap.upperBound...].drop { $0 == " " }))
    }

    var isBlank: Bool { statement.allSatisfy(\.isWhitespace) }

    /// Whether words say that what they stand beside is wrong.
    static func saysWrong(_ words: String) -> Bool {
        let text = words.lowercased()
        if text.contains(/\b(not invalid|valid but)\b/) { return false }
        // `Error level` names something; `error: no key` and `throws an error` say what happens.
        if text.contains(/^\s*error\s*([.!,(:]|$)/) { return true }
        if text.contains(/\b(an?|throws?|raises?|gives?|parse|syntax) error\b/) { return true }
        return text.contains(
            /\b(invalid|rejected|rejects?|illegal|malformed|wrong|forbidden|do not do this|don't do this|will not work|not allowed|not valid|not permitted)\b/
        )
    }

    private static func trimmedEnd(_ text: String) -> String {
        var text = text[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
