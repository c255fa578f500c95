import Databases
import JSONSchemas

/// Runs one read-only statement over the run's tables or a SQLite file.
struct SQLQueryTool: Tool {
    static let toolName = "sql.query"
    let name = Self.toolName

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let statement = try arguments.required("statement")
        let request = QueryRequest(
            statement: statement, parameters: arguments["parameters"]?.arrayValue ?? [],
            tables: arguments["tables"]?.arrayValue?.compactMap(\.stringValue),
            rowLimit: arguments.integer("row_limit") ?? 10_000)
        let result: QueryResult
        do {
            if let database = arguments.string("database") {
                result = try QueryWorker(path: database).query(request)
            } else {
                result = try context.environment.tables.query(request)
            }
        } catch {
            throw ToolError(error.code == .denied ? .refused : .badArgument, error.description)
        }
        return [
            "columns": .array(result.columns.map { .string($0) }),
            "rows": .array(result.rows.map { .object($0) }),
            "truncated": .bool(result.truncated),
        ]
    }
}
