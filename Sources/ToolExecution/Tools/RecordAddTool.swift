import Databases
import JSONSchemas

/// Adds rows to a table that outlives the run, once: the effect's identifier commits with them.
struct RecordAddTool: Tool {
    let name = "record.add"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let table = try arguments.required("table")
        let rows = try arguments.rows("rows")
        let columns = arguments.texts("columns")
        return try asking(context) { records throws(DatabaseToolError) in
            result(try records.add(rows, to: table, columns: columns, effect: context.effectID), table)
        }
    }

    func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
        let table = try arguments.required("table")
        return try asking(context) { records throws(DatabaseToolError) in
            try records.count(addedBy: context.effectID).map { result($0, table) }
        }
    }

    private func result(_ count: Int, _ table: String) -> JSONValue {
        ["table": .string(table), "count": .integer(count)]
    }

    private func asking<Value>(
        _ context: ToolContext, _ body: (RecordTables) throws(DatabaseToolError) -> Value
    ) throws(ToolError) -> Value {
        do throws(DatabaseToolError) {
            return try body(try RecordTables(path: context.environment.recordsPath))
        } catch {
            throw ToolError(error.code == .invalid ? .badArgument : .io, error.description)
        }
    }
}
