/// A place in a file.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The file, as it was named.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// The character of the line, counted from 1.
    public let column: Int

    /// A place; the file's start by default.
    public init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`
    public var description: String { "\(file):\(line):\(column)" }
}
