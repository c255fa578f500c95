import JSONSchemas

/// A query on a database file, as it is handed to the process that runs it: one line of JSON.
package struct FileQuery: Hashable, Sendable {
    /// The database file, an absolute path.
    package let path: String
    /// What is asked, and its limits.
    package let request: QueryRequest

    /// Makes a query; nothing is opened.
    package init(path: String, request: QueryRequest) {
        self.path = path
        self.request = request
    }

    /// Runs the query in this process.
    package func answer() -> FileQueryAnswer {
        do throws(DatabaseToolError) {
            return .rows(try QueryWorker(path: path).query(request))
        } catch {
            return .failed(error)
        }
    }

    /// The query as one line, its line break counted.
    package var line: [UInt8] {
        let timeLimit = request.timeLimit.components
        let object: JSONObject = [
            "path": .string(path), "statement": .string(request.statement),
            "parameters": .array(request.parameters),
            "tables": request.tables.map { .array($0.map { .string($0) }) } ?? .null,
            "row_limit": .integer(request.rowLimit),
            // In two numbers, since one of attoseconds would not reach ten seconds.
            "time_limit": [.integer(Int(timeLimit.seconds)), .integer(Int(timeLimit.attoseconds))],
            "value_byte_limit": .integer(request.valueByteLimit),
            "total_byte_limit": .integer(request.totalByteLimit),
        ]
        return JSONValue.object(object).serializedBytes() + [UInt8(ascii: "\n")]
    }

    /// Reads a query from its line.
    ///
    /// - Throws: `DatabaseToolError` with `.invalid` where the line is anything else.
    package init(line: some Collection<UInt8>) throws(DatabaseToolError) {
        guard let json = try? JSONValue(parsing: line), let path = json["path"]?.stringValue,
            let statement = json["statement"]?.stringValue, let parameters = json["parameters"]?.arrayValue,
            let listed = json["tables"], let rowLimit = json["row_limit"]?.intValue,
            let seconds = json["time_limit"]?[0]?.intValue, let attoseconds = json["time_limit"]?[1]?.intValue,
            let valueByteLimit = json["value_byte_limit"]?.intValue,
            let totalByteLimit = json["total_byte_limit"]?.intValue
        else { throw Self.unreadable }
        var tables: [String]?
        if !listed.isNull {
            guard let values = listed.arrayValue else { throw Self.unreadable }
            let names = values.compactMap(\.stringValue)
            guard names.count == values.count else { throw Self.unreadable }
            tables = names
        }
        self.init(
            path: path,
            request: QueryRequest(
                statement: statement, parameters: parameters, tables: tables, rowLimit: rowLimit,
                timeLimit: Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(attoseconds)),
                valueByteLimit: valueByteLimit, totalByteLimit: totalByteLimit))
    }

    private static let unreadable = DatabaseToolError(.invalid, "run query", "the request can't be read")
}
