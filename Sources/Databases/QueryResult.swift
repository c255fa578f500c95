public import JSONSchemas

/// The rows of one query.
///
/// | SQLite value | in the row |
/// | --- | --- |
/// | integer, real, null | number, number, null (an infinite real is an error) |
/// | text | string; bytes that are not UTF-8 come as U+FFFD |
/// | blob | string in base64 |
/// | text in a column `NAME_json` | the parsed value, under `NAME` |
/// | number in a column `NAME_bool` | `true` or `false`, under `NAME` |
public struct QueryResult: Hashable, Sendable {
    /// The columns in the statement's order, suffixes `_json` and `_bool` dropped.
    public let columns: [String]
    /// The rows in the statement's order; each has every column.
    public let rows: [JSONObject]
    /// Whether a limit on rows or bytes left something out.
    public let truncated: Bool

    /// The result as a tool returns it.
    public var json: JSONObject {
        JSONObject([
            ("columns", .array(columns.map { .string($0) })), ("rows", .array(rows.map { .object($0) })),
            ("truncated", .bool(truncated)),
        ])
    }

    package init(columns: [String], rows: [JSONObject], truncated: Bool) {
        self.columns = columns
        self.rows = rows
        self.truncated = truncated
    }
}
