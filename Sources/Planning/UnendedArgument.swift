import JSONSchemas

/// The argument in whose value the text of a call broke off.
package struct UnendedArgument: Hashable, Sendable {
    /// The tool that was to be called.
    package let tool: String
    /// The argument's name.
    package let name: String

    /// Finds it in `text`, the beginning of `{"name": …, "arguments": {…}}`; nil where the text breaks off anywhere else, as
    /// in a name, or behind a value that is complete.
    ///
    /// ``ValueSpans`` needs a whole document; this one counts what is open.
    package init?(in text: some Sequence<UInt8>) {
        var isInString = false
        var isEscaped = false
        var string: [UInt8] = []
        /// Of each object or array that is open, the name of the member whose value is being written; nil in an array,
        /// and between members.
        var names: [String?] = []
        var tool: String?
        func endValue() { if !names.isEmpty { names[names.count - 1] = nil } }
        for byte in text {
            if isInString {
                string.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if names.count == 1, names[0] == "name" { tool = Self.decoded(string) }
                    endValue()
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                string = [byte]
            case UInt8(ascii: ":"):
                if !names.isEmpty { names[names.count - 1] = Self.decoded(string) }
            case UInt8(ascii: "{"), UInt8(ascii: "["): names.append(nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = names.popLast()
                endValue()
            case UInt8(ascii: ","): endValue()
            default: break
            }
        }
        guard names.count >= 2, names[0] == "arguments", let name = names[1], let tool else { return nil }
        self.tool = tool
        self.name = name
    }

    private static func decoded(_ string: [UInt8]) -> String? { (try? JSONValue(parsing: string))?.stringValue }
}
