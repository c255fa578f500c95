public import JSONSchemas

/// One paragraph that fits a search.
public struct SearchHit: Hashable, Sendable {
    /// The file's path, relative to the indexed folder; or the name the text was added under.
    public let path: String
    /// Where the paragraph starts in the file, in bytes.
    public let byteStart: Int
    /// Where it ends, in bytes; the byte at this place no longer belongs to it.
    public let byteEnd: Int
    /// The headings above it, outermost first, joined by " > ".
    public let section: String
    /// The paragraph, byte for byte.
    public let text: String
    /// How well it fits: comparable within one search only, higher is better.
    public let score: Double

    /// The hit as a tool returns it.
    public var json: JSONObject {
        JSONObject([
            ("path", .string(path)), ("byte_start", .integer(byteStart)), ("byte_end", .integer(byteEnd)),
            ("section", .string(section)), ("text", .string(text)), ("score", .number(score)),
        ])
    }

    package init(path: String, byteStart: Int, byteEnd: Int, section: String, text: String, score: Double) {
        self.path = path
        self.byteStart = byteStart
        self.byteEnd = byteEnd
        self.section = section
        self.text = text
        self.score = score
    }
}
