public import JSONSchemas

/// One read-only SQL query and its limits.
public struct QueryRequest: Hashable, Sendable {
    /// One `SELECT` (or `WITH ... SELECT`, or `VALUES`) statement.
    public var statement: String
    /// Values for the statement's `?` places, in order. An array or object is bound as its JSON text, ready
    /// for `json_each(?)`.
    public var parameters: [JSONValue]
    /// The tables and views that may be read; `nil` means every ordinary table and view of the file.
    ///
    /// A view reads its tables, so they have to be on the list as well.
    public var tables: [String]?
    /// The largest number of rows returned.
    public var rowLimit: Int
    /// The longest time the statement may run.
    public var timeLimit: Duration
    /// The largest text of one cell, in bytes. A longer text is cut at a character, a longer `_json` cell
    /// becomes null.
    public var valueByteLimit: Int
    /// The largest sum of all cells, in bytes.
    public var totalByteLimit: Int

    /// Makes a request; every limit has a default.
    public init(
        statement: String, parameters: [JSONValue] = [], tables: [String]? = nil, rowLimit: Int = 1_000,
        timeLimit: Duration = .seconds(5), valueByteLimit: Int = 1 << 20, totalByteLimit: Int = 16 << 20
    ) {
        self.statement = statement
        self.parameters = parameters
        self.tables = tables
        self.rowLimit = rowLimit
        self.timeLimit = timeLimit
        self.valueByteLimit = valueByteLimit
        self.totalByteLimit = totalByteLimit
    }
}
