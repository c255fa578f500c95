import Databases
import JSONSchemas
import SandboxExecution

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
                let process = QueryProcess(
                    executor: context.environment.sandbox,
                    profile: try context.profile(folder: nil, wallSeconds: nil))
                result = try await process.query(request, path: database)
            } else {
                // In this process: Warrant itself made this file, table by table, and reads it all the time. Only the
                // statement may come from outside, and it is held to functions and tables on closed lists.
                result = try context.environment.tables.query(request)
            }
        } catch let error as DatabaseToolError {
            throw ToolError(error.code == .denied ? .refused : .badArgument, error.description)
        } catch let error as SandboxError {
            throw error.toolFailure
        }
        return [
            "columns": .array(result.columns.map { .string($0) }),
            "rows": .array(result.rows.map { .object($0) }),
            "truncated": .bool(result.truncated),
        ]
    }
}
