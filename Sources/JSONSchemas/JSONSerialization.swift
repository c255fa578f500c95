extension JSONValue {
    /// How JSON is written.
    public enum Style: Hashable, Sendable {
        /// `{"a":1,"b":[1,2]}`
        case compact
        /// `{"a": 1, "b": [1, 2]}` on one line.
        case spaced
        /// Lines, indented by two spaces.
        case pretty
        /// Compact, keys sorted by UTF-16 code units, whole numbers without fraction: equal values give equal text
        /// (after RFC 8785, but other numbers are written as Swift writes them).
        case canonical
    }

    /// The value as JSON text.
    ///
    /// Doubles get the shortest text that reads back as the same double. JSON has no text for a number that is not
    /// finite, which only a caller can make: it is written as `null`.
    public func serialized(_ style: Style = .compact) -> String {
        String(decoding: serializedBytes(style), as: UTF8.self)
    }

    /// The value as UTF-8 JSON text.
    public func serializedBytes(_ style: Style = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.write(self)
        return writer.bytes
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON text.
    public var description: String { serialized() }
}

private struct JSONWriter {
    let style: JSONValue.Style
    var bytes: [UInt8] = []
    private var depth = 0

    init(style: JSONValue.Style) {
        self.style = style
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .number(let value): write(value)
        case .string(let value): write(value)
        case .array(let elements): write(elements)
        case .object(let members): write(members)
        }
    }

    private mutating func write(_ number: Double) {
        guard number.isFinite else {
            append("null")
            return
        }
        if style == .canonical, let integer = Int(exactly: number) {
            append(String(integer))
        } else {
            append(number.description)
        }
    }

    private mutating func write(_ elements: [JSONValue]) {
        guard !elements.isEmpty else {
            append("[]")
            return
        }
        open("[")
        for (index, element) in elements.enumerated() {
            separate(isFirst: index == 0)
            write(element)
        }
        close("]")
    }

    private mutating func write(_ members: JSONObject) {
        guard !members.isEmpty else {
            append("{}")
            return
        }
        open("{")
        var isFirst = true
        if style == .canonical {
            for member in members.sorted(by: { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }) {
                write(member, isFirst: &isFirst)
            }
        } else {
            for member in members {
                write(member, isFirst: &isFirst)
            }
        }
        close("}")
    }

    private mutating func write(_ member: (key: String, value: JSONValue), isFirst: inout Bool) {
        separate(isFirst: isFirst)
        isFirst = false
        write(member.key)
        append(style == .spaced || style == .pretty ? ": " : ":")
        write(member.value)
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        else {
            // Most texts need no escapes and are copied whole.
            append(text)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x10: append("\\u000" + String(byte, radix: 16))
            case 0x10..<0x20: append("\\u00" + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func open(_ bracket: String) {
        append(bracket)
        depth += 1
    }

    private mutating func close(_ bracket: String) {
        depth -= 1
        if style == .pretty { newLine() }
        append(bracket)
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { append(style == .spaced ? ", " : ",") }
        if style == .pretty { newLine() }
    }

    private mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
