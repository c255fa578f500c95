/// Bytes that are not JSON.
public struct JSONParseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let reason: String
    /// Where, in bytes from the start.
    public let byteOffset: Int
    /// Where, as a line counted from 1.
    public let line: Int
    /// Where, as a character of that line counted from 1.
    public let column: Int

    /// One sentence.
    public var description: String { "Can't parse JSON: \(reason) at line \(line), column \(column)." }

    init(reason: String, byteOffset: Int, in bytes: [UInt8]) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(byteOffset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.reason = reason
        self.byteOffset = byteOffset
        self.line = line
        self.column = column
    }
}
