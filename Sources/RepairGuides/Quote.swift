import JSONSchemas

/// A text with the place it was cut from, in UTF-8 bytes; verbatim because it is never written, only cut.
public struct Quote: Hashable, Sendable {
    /// The text, exactly the source's bytes in `range`.
    public let text: String
    /// Where it stands in the source.
    public let range: Range<Int>

    /// A text and its place.
    public init(text: String, range: Range<Int>) {
        self.text = text
        self.range = range
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.init(text: String(decoding: bytes[range], as: UTF8.self), range: range)
    }

    /// The text in one line.
    var line: String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    var members: [(String, JSONValue)] {
        [
            ("quote", .string(text)), ("byte_start", .integer(range.lowerBound)),
            ("byte_end", .integer(range.upperBound)),
        ]
    }

    init(_ value: JSONValue, of what: String) throws(GuideError) {
        guard let text = value["quote"]?.stringValue, !text.isEmpty else {
            throw GuideError("\(what) has no `quote`")
        }
        let start = value["byte_start"]?.intValue ?? 0
        let end = value["byte_end"]?.intValue ?? start
        guard start >= 0, end >= start else { throw GuideError("\(what) has a wrong byte range") }
        self.init(text: text, range: start..<end)
    }
}
