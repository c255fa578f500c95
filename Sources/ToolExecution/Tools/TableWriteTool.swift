import Databases
import JSONSchemas

/// Puts rows into a table of the run, for later steps to query.
struct TableWriteTool: Tool {
    static let toolName = "table.write"
    let name = Self.toolName

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let table = try arguments.required("table")
        let rows = try arguments.rows("rows")
        let columns = arguments["columns"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let index = arguments["index"]?.arrayValue?.compactMap(\.stringValue) ?? []
        try context.environment.tables.replace(table: table, rows: rows, index: index, columns: columns)
        return ["table": .string(table), "count": .integer(rows.count)]
    }
}
