import JSONSchemas

/// Finds keys and values at the end of an output.
enum ValueText {
    /// Where the contents of the string start that the last byte of `text` closes.
    static func keyStart(in text: [UInt8]) -> Int {
        openingQuote(in: text, closedAt: text.count - 1) + 1
    }

    private static func openingQuote(in text: [UInt8], closedAt end: Int) -> Int {
        var index = end - 1
        while index >= 0 {
            if text[index] == UInt8(ascii: "\"") {
                var slashes = 0
                while index - slashes > 0, text[index - slashes - 1] == UInt8(ascii: "\\") { slashes += 1 }
                if slashes.isMultiple(of: 2) { return index }
            }
            index -= 1
        }
        return 0
    }

    /// The JSON value that ends with the last byte of `text`.
    static func lastValue(in text: [UInt8]) -> JSONValue? {
        guard let last = text.last else { return nil }
        var start = text.count - 1
        switch last {
        case UInt8(ascii: "\""): start = openingQuote(in: text, closedAt: start)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            var depth = 0
            while start >= 0 {
                switch text[start] {
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth += 1
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth -= 1
                case UInt8(ascii: "\""): start = openingQuote(in: text, closedAt: start)
                default: break
                }
                if depth == 0 { break }
                start -= 1
            }
        default:
            while start > 0, isBare(text[start - 1]) { start -= 1 }
        }
        return try? JSONValue(parsing: Array(text[max(0, start)...]))
    }

    /// Whether a byte can be part of a number or a word.
    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
