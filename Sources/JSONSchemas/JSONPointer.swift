/// A JSON pointer (RFC 6901): the way from a document's root to one value.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The unescaped member names and array indices, from the root.
    public let tokens: [String]

    /// A pointer made of unescaped tokens; without any it names the root.
    public init(_ tokens: [String] = []) {
        self.tokens = tokens
    }

    /// Parses `/a/0`, with `~0` for `~` and `~1` for `/`. The empty string is the root.
    public init(parsing text: String) throws(JSONPointerError) {
        guard !text.isEmpty else {
            self.init()
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw JSONPointerError(text: text, reason: "it doesn't start with `/`")
        }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            var bytes: [UInt8] = []
            var isEscaped = false
            for byte in part {
                switch (isEscaped, byte) {
                case (false, UInt8(ascii: "~")): isEscaped = true
                case (false, _): bytes.append(byte)
                case (true, UInt8(ascii: "0")):
                    bytes.append(UInt8(ascii: "~"))
                    isEscaped = false
                case (true, UInt8(ascii: "1")):
                    bytes.append(UInt8(ascii: "/"))
                    isEscaped = false
                case (true, _):
                    throw JSONPointerError(text: text, reason: "`~` is followed by neither `0` nor `1`")
                }
            }
            guard !isEscaped else {
                throw JSONPointerError(text: text, reason: "it ends in `~`")
            }
            tokens.append(String(decoding: bytes, as: UTF8.self))
        }
        self.init(tokens)
    }

    /// The pointer to a member or element of what this one names.
    public func appending(_ token: String) -> JSONPointer {
        JSONPointer(tokens + [token])
    }

    /// The pointer to an element of what this one names.
    public func appending(_ index: Int) -> JSONPointer {
        JSONPointer(tokens + [String(index)])
    }

    /// The pointer as text, such as `/a/0`; the root is the empty string.
    public var description: String {
        var text = ""
        for token in tokens {
            text += "/"
            for character in token.unicodeScalars {
                switch character {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(character)
                }
            }
        }
        return text
    }

    /// Whether both name the same place: names are compared byte by byte, as members are.
    public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.elementsEqual(right.tokens) { $0.hasSameBytes(as: $1) }
    }

    /// Feeds the tokens to `hasher`.
    public func hash(into hasher: inout Hasher) {
        for token in tokens { token.hashBytes(into: &hasher) }
    }

    /// The array index that `token` spells: decimal digits without leading zeros.
    static func arrayIndex(_ token: String) -> Int? {
        guard token.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(token),
            token == "0" || token.utf8.first != 0x30
        else { return nil }
        return index
    }
}

/// A text that is not a JSON pointer.
public struct JSONPointerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String
    /// Why it isn't one.
    public let reason: String

    /// One sentence.
    public var description: String { "Can't parse JSON pointer `\(text)`: \(reason)." }
}
