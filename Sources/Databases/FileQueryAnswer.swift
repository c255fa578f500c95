import JSONSchemas

/// What came of a `FileQuery`, as the process that ran it hands it back: one line of JSON.
package enum FileQueryAnswer: Hashable, Sendable {
    /// The rows.
    case rows(QueryResult)
    /// Why there are none.
    case failed(DatabaseToolError)

    /// The rows, or the error thrown.
    package func result() throws(DatabaseToolError) -> QueryResult {
        switch self {
        case .rows(let result): return result
        case .failed(let error): throw error
        }
    }

    /// The answer as one line, its line break counted. Rows are written without their keys, which are the columns.
    package var line: [UInt8] {
        let object: JSONObject =
            switch self {
            case .rows(let result):
                [
                    "columns": .array(result.columns.map { .string($0) }),
                    "rows": .array(result.rows.map { .array($0.values) }), "truncated": .bool(result.truncated),
                ]
            case .failed(let error):
                [
                    "error": .string(error.code.rawValue), "operation": .string(error.operation),
                    "reason": .string(error.reason),
                ]
            }
        return JSONValue.object(object).serializedBytes() + [UInt8(ascii: "\n")]
    }

    /// Reads the answer to `request` from its line.
    ///
    /// The process read a file from anywhere, which may have taken it over. So nothing is believed of the line but its
    /// form: known columns, rows of as many values, no more rows than were asked for, an error of a known kind in
    /// short printable text.
    ///
    /// - Throws: `DatabaseToolError` with `.io` where the line is anything else.
    package init(line: some Collection<UInt8>, to request: QueryRequest) throws(DatabaseToolError) {
        guard let json = try? JSONValue(parsing: line) else { throw Self.unreadable }
        if let name = json["error"]?.stringValue {
            guard let code = DatabaseToolError.Code(rawValue: name), let operation = json["operation"]?.stringValue,
                let reason = json["reason"]?.stringValue
            else { throw Self.unreadable }
            self = .failed(DatabaseToolError(code, Self.printable(operation), Self.printable(reason)))
            return
        }
        guard let names = json["columns"]?.arrayValue, let values = json["rows"]?.arrayValue,
            let truncated = json["truncated"]?.boolValue, values.count <= max(request.rowLimit, 0)
        else { throw Self.unreadable }
        let columns = names.compactMap(\.stringValue)
        guard columns.count == names.count, JSONObject(columns.map { ($0, .null) }).count == columns.count else {
            throw Self.unreadable
        }
        var rows: [JSONObject] = []
        rows.reserveCapacity(values.count)
        for value in values {
            guard let cells = value.arrayValue, cells.count == columns.count else { throw Self.unreadable }
            rows.append(JSONObject(Array(zip(columns, cells))))
        }
        self = .rows(QueryResult(columns: columns, rows: rows, truncated: truncated))
    }

    private static let unreadable = DatabaseToolError(
        .io, "run query", "the process that runs it gave an answer that can't be read")

    private static let textByteLimit = 1_000

    private static func printable(_ text: String) -> String {
        let scalars = text.cut(toBytes: textByteLimit).unicodeScalars.map {
            $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
