/// Path bytes as text for people: nothing hides, nothing reorders, and no two paths look the same.
package enum VisiblePath {
    /// The bytes as they are where they are UTF-8; bytes that are not, and ASCII control characters, as `\xNN`,
    /// characters that are invisible or change the reading order as `\u{...}`, and a backslash doubled.
    package static func text(of bytes: some Sequence<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        scan(bytes) { piece in
            switch piece {
            case .scalar("\\"): result.append(contentsOf: #"\\"#.unicodeScalars)
            case .scalar(let scalar) where isHidden(scalar):
                let escape = scalar.isASCII ? byteEscape(UInt8(scalar.value)) : "\\u{\(hex(scalar.value))}"
                result.append(contentsOf: escape.unicodeScalars)
            case .scalar(let scalar): result.append(scalar)
            case .invalid(let byte): result.append(contentsOf: byteEscape(byte).unicodeScalars)
            }
        }
        return String(result)
    }

    /// Whether the bytes are UTF-8 without control, invisible or reordering characters.
    package static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
        var isPlain = true
        scan(bytes) { piece in
            switch piece {
            case .scalar(let scalar): if isHidden(scalar) { isPlain = false }
            case .invalid: isPlain = false
            }
        }
        return isPlain
    }

    private enum Piece {
        case scalar(Unicode.Scalar)
        case invalid(UInt8)
    }

    private static func scan(_ bytes: some Sequence<UInt8>, _ visit: (Piece) -> Void) {
        let all = Array(bytes)
        var input = all.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var position = 0
        while true {
            switch parser.parseScalar(from: &input) {
            case .valid(let encoded):
                visit(.scalar(Unicode.UTF8.decode(encoded)))
                position += encoded.count
            case .error(let length):
                for byte in all[position..<(position + length)] { visit(.invalid(byte)) }
                position += length
            case .emptyInput: return
            }
        }
    }

    /// Controls, line and paragraph separators and format characters. The two joiners stay: scripts and emoji
    /// need them.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: scalar.properties.isNoncharacterCodePoint
        }
    }

    private static func byteEscape(_ byte: UInt8) -> String {
        "\\x" + (byte < 16 ? "0" : "") + hex(UInt32(byte))
    }

    private static func hex(_ value: UInt32) -> String { String(value, radix: 16, uppercase: true) }
}
