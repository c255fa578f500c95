public import JSONSchemas

/// A short piece of the text that a value was made from, to be shown beside the value.
public struct SourceSnippet: Hashable, Sendable {
    /// One line, made visible, `...` where something was left out.
    public let text: String
    /// Whether the value stands in the source as it is; otherwise the source's beginning is shown.
    public let isVerbatim: Bool

    /// UTF-8 bytes shown before and behind the value.
    private static let margin = 60
    /// UTF-8 bytes of the value that are shown, and of a source that does not hold it.
    private static let span = 120
    /// UTF-8 bytes of a source that are looked through.
    private static let searchedByteLimit = 256 * 1024

    /// The piece of `source` around `value`; nil when the source holds no text.
    ///
    /// A list or an object is looked for by the first text in it.
    public init?(of value: JSONValue, in source: JSONValue) {
        var wanted: [[UInt8]] = []
        var budget = Self.searchedByteLimit
        Self.collect(value, into: &wanted, budget: &budget)
        var texts: [[UInt8]] = []
        budget = Self.searchedByteLimit
        Self.collect(source, into: &texts, budget: &budget)
        guard let first = texts.first else { return nil }
        for needle in wanted.prefix(4) where !needle.isEmpty {
            for text in texts {
                guard let start = Self.position(of: needle, in: text) else { continue }
                let end = start + min(needle.count, Self.span)
                self.init(text, from: start - Self.margin, to: end + Self.margin, isVerbatim: true)
                return
            }
        }
        self.init(first, from: 0, to: Self.span, isVerbatim: false)
    }

    private init(_ bytes: [UInt8], from start: Int, to end: Int, isVerbatim: Bool) {
        var lower = max(0, start)
        var upper = min(bytes.count, end)
        // Never in the middle of a character.
        while lower > 0, lower < bytes.count, bytes[lower] & 0xC0 == 0x80 { lower -= 1 }
        while upper < bytes.count, bytes[upper] & 0xC0 == 0x80 { upper += 1 }
        let piece = VisibleText.line(String(decoding: bytes[lower..<upper], as: UTF8.self))
        text = (lower > 0 ? "..." : "") + piece + (upper < bytes.count ? "..." : "")
        self.isVerbatim = isVerbatim
    }

    /// Every text in `value`, and numbers as they are written, until the budget is used up.
    private static func collect(_ value: JSONValue, into texts: inout [[UInt8]], budget: inout Int) {
        guard budget > 0 else { return }
        if let text = value.stringValue {
            texts.append(Array(text.utf8.prefix(budget)))
            budget -= text.utf8.count + 1
        } else if let elements = value.arrayValue {
            for element in elements { collect(element, into: &texts, budget: &budget) }
        } else if let members = value.objectValue {
            for (_, member) in members { collect(member, into: &texts, budget: &budget) }
        } else if !value.isNull, value.boolValue == nil {
            let text = Array(value.serialized().utf8)
            budget -= text.count + 1
            texts.append(text)
        }
    }

    private static func position(of needle: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = needle.first, needle.count <= text.count else { return nil }
        for start in 0...(text.count - needle.count)
        where text[start] == first && text[start..<(start + needle.count)].elementsEqual(needle) {
            return start
        }
        return nil
    }
}
