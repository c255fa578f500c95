import Databases
import JSONSchemas

/// Looks for issues like a text in the local tracker.
struct IssueFindTool: Tool {
    let name = "issue.find"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let found = try context.environment.tracker.find(
            query: arguments.required("query"), project: arguments.required("project"),
            limit: arguments.integer("limit") ?? 5)
        return ["rows": .array(found.map { .object($0.json) })]
    }
}
