extension JSONValue {
    /// Parses one JSON document (RFC 8259, UTF-8).
    ///
    /// Strict: no byte order mark, comments or trailing commas; a key that occurs twice, a lone surrogate, a number
    /// too large for a double, and nesting deeper than 512 are errors.
    /// - Complexity: O(*n*).
    public init(parsing bytes: some Collection<UInt8>) throws(JSONParseError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.parseDocument()
    }

    /// Parses one JSON document.
    public init(parsing text: String) throws(JSONParseError) {
        var parser = JSONParser(bytes: Array(text.utf8))
        self = try parser.parseDocument()
    }
}

/// A recursive descent parser over a byte array; bounds checks stay on.
struct JSONParser {
    static let depthLimit = 512

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parseDocument() throws(JSONParseError) -> JSONValue {
        skipWhitespace()
        let value = try parseValue()
        skipWhitespace()
        guard position == bytes.count else {
            throw unexpected("after the document's end")
        }
        return value
    }

    private mutating func parseValue() throws(JSONParseError) -> JSONValue {
        guard position < bytes.count else { throw unexpected("where a value is expected") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .string(try parseString())
        case UInt8(ascii: "{"):
            return .object(try parseObject())
        case UInt8(ascii: "["):
            return .array(try parseArray())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try parseNumber()
        default:
            throw unexpected("where a value is expected")
        }
    }

    private mutating func parseObject() throws(JSONParseError) -> JSONObject {
        try enter()
        defer { depth -= 1 }
        var object = JSONObject()
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            let start = position
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("where a key is expected")
            }
            let key = try parseString()
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("where `:` is expected") }
            skipWhitespace()
            let value = try parseValue()
            guard object.insertNew(key, value) else {
                throw failure("the key `\(key)` occurs twice in one object", at: start)
            }
            skipWhitespace()
            if take(UInt8(ascii: ",")) {
                skipWhitespace()
            } else if take(UInt8(ascii: "}")) {
                return object
            } else {
                throw unexpected("where `,` or `}` is expected")
            }
        }
    }

    private mutating func parseArray() throws(JSONParseError) -> [JSONValue] {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try parseValue())
            skipWhitespace()
            if take(UInt8(ascii: ",")) {
                skipWhitespace()
            } else if take(UInt8(ascii: "]")) {
                return elements
            } else {
                throw unexpected("where `,` or `]` is expected")
            }
        }
    }

    private mutating func enter() throws(JSONParseError) {
        depth += 1
        guard depth <= Self.depthLimit else {
            throw failure("the nesting is deeper than \(Self.depthLimit)", at: position)
        }
        position += 1
    }

    private mutating func parseNumber() throws(JSONParseError) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let digitsStart = position
        var magnitude = 0
        var fits = true
        while let digit = digit() {
            let (product, first) = magnitude.multipliedReportingOverflow(by: 10)
            // Accumulated below zero, so that the smallest integer fits as well.
            let (sum, second) = product.subtractingReportingOverflow(digit)
            fits = fits && !first && !second
            magnitude = sum
            position += 1
        }
        guard position > digitsStart else { throw unexpected("where a digit is expected") }
        if bytes[digitsStart] == UInt8(ascii: "0"), position > digitsStart + 1 {
            throw failure("a number starts with a needless zero", at: digitsStart)
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try skipDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        if isInteger, fits {
            if isNegative { return .integer(magnitude) }
            if magnitude != Int.min { return .integer(-magnitude) }
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite
        else {
            throw failure("a number is too large for a double", at: start)
        }
        return .number(value)
    }

    private func digit() -> Int? {
        guard position < bytes.count, case let byte = bytes[position], byte >= 0x30, byte <= 0x39 else {
            return nil
        }
        return Int(byte) - 0x30
    }

    private mutating func skipDigits() throws(JSONParseError) {
        guard digit() != nil else { throw unexpected("where a digit is expected") }
        while digit() != nil { position += 1 }
    }

    private mutating func parseString() throws(JSONParseError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
                    throw invalidUTF8(from: start)
                }
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            if byte < 0x20 { throw failure("a raw control character is in a string", at: position) }
            position += 1
        }
        throw failure("a string isn't closed", at: start - 1)
    }

    private mutating func parseEscapedString(from start: Int) throws(JSONParseError) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    throw invalidUTF8(from: start)
                }
                position += 1
                return text
            }
            if byte < 0x20 { throw failure("a raw control character is in a string", at: position) }
            position += 1
            if byte == UInt8(ascii: "\\") {
                try appendEscape(to: &buffer)
            } else {
                buffer.append(byte)
            }
        }
        throw failure("a string isn't closed", at: start - 1)
    }

    /// The bytes as they stand are known to hold an ill-formed sequence; escapes are well formed by themselves.
    private func invalidUTF8(from start: Int) -> JSONParseError {
        failure("a string isn't valid UTF-8", at: start - 1)
    }

    private mutating func appendEscape(to buffer: inout [UInt8]) throws(JSONParseError) {
        guard position < bytes.count else { throw failure("a string isn't closed", at: position) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): try appendUnicodeEscape(to: &buffer)
        default: throw failure("an unknown escape is in a string", at: position - 2)
        }
    }

    private mutating func appendUnicodeEscape(to buffer: inout [UInt8]) throws(JSONParseError) {
        let start = position - 2
        var code = try parseHexadecimal()
        if (0xD800...0xDBFF).contains(code) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw failure("half a surrogate pair is in a string", at: start) }
            position += 2
            let low = try parseHexadecimal()
            guard (0xDC00...0xDFFF).contains(low) else {
                throw failure("half a surrogate pair is in a string", at: start)
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw failure("half a surrogate pair is in a string", at: start)
        }
        buffer.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }

    private mutating func parseHexadecimal() throws(JSONParseError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw unexpected("where a hexadecimal digit is expected") }
            let digit: UInt8
            switch bytes[position] {
            case let byte where (0x30...0x39).contains(byte): digit = byte - 0x30
            case let byte where (0x41...0x46).contains(byte): digit = byte - 0x41 + 10
            case let byte where (0x61...0x66).contains(byte): digit = byte - 0x61 + 10
            default: throw unexpected("where a hexadecimal digit is expected")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func expect(_ word: StaticString) throws(JSONParseError) {
        for expected in word.description.utf8 {
            guard position < bytes.count, bytes[position] == expected else {
                throw unexpected("where `\(word)` is expected")
            }
            position += 1
        }
    }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func unexpected(_ place: String) -> JSONParseError {
        guard position < bytes.count else { return failure("the text ends \(place)", at: position) }
        let byte = bytes[position]
        let name =
            byte > 0x20 && byte < 0x7F
            ? "`\(Unicode.Scalar(byte))`"
            : "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        return failure("unexpected \(name) \(place)", at: position)
    }

    private func failure(_ reason: String, at offset: Int) -> JSONParseError {
        JSONParseError(reason: reason, byteOffset: offset, in: bytes)
    }
}
