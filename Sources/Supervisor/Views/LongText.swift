public import JSONSchemas

/// A text that may be long: its beginning, and how much there is of it.
///
/// The text is raw: whoever shows it makes it inert and visible.
public struct LongText: Hashable, Sendable {
    /// The text, or its beginning.
    public let text: String
    /// The whole text's UTF-8 bytes.
    public let byteCount: Int
    /// Whether ``text`` is only the beginning. The entry it stands in has the rest.
    public var isCut: Bool { text.utf8.count < byteCount }

    /// The first bytes of a text, never ending in the middle of a character.
    public init(_ whole: String, byteLimit: Int) {
        byteCount = whole.utf8.count
        guard byteCount > byteLimit else {
            text = whole
            return
        }
        var bytes = Array(whole.utf8.prefix(byteLimit))
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        ["text": .string(text), "bytes": .integer(byteCount), "cut": .bool(isCut)]
    }
}
