import IssueTracking
import JSONSchemas

/// Looks for issues like a text.
struct IssueFindTool: Tool {
    let name = "issue.find"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let query = try arguments.required("query")
        let project = try arguments.required("project")
        return try await context.asking { tracker async throws(TrackerError) in
            let found = try await tracker.search(query, in: project, limit: arguments.integer("limit") ?? 5)
            return ["rows": .array(found.map { .object($0.json) })]
        }
    }
}
