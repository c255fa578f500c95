import JSONSchemas

/// The argument that was being written where the text of a call broke off.
public struct UnendedArgument: Hashable, Sendable {
    /// The tool that was to be called.
    public let tool: String
    /// The argument's name.
    public let name: String

    /// Finds it in `text`, the beginning of `{"name": …, "arguments": {…}}`; nil where the text ends in something else, as
    /// in the tool's name or behind the arguments.
    ///
    /// An argument that was finished and the comma behind it count as this argument's, up to the next name's colon.
    public init?(in text: some Sequence<UInt8>) {
        var isInString = false
        var isEscaped = false
        var isValue = false
        var string: [UInt8] = []
        /// Of each object or array that is open, the last member's name; nil in an array, and before the first colon.
        var names: [String?] = []
        var tool: String?
        for byte in text {
            if isInString {
                string.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if names.count == 1, names[0] == "name", isValue { tool = Self.decoded(string) }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                string = [byte]
            case UInt8(ascii: ","): isValue = false
            case UInt8(ascii: ":"):
                isValue = true
                if !names.isEmpty { names[names.count - 1] = Self.decoded(string) }
            case UInt8(ascii: "{"), UInt8(ascii: "["): names.append(nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = names.popLast()
            default: break
            }
        }
        guard names.count >= 2, names[0] == "arguments", let name = names[1], let tool else { return nil }
        self.tool = tool
        self.name = name
    }

    private static func decoded(_ string: [UInt8]) -> String? { (try? JSONValue(parsing: string))?.stringValue }
}
