import IssueTracking
import JSONSchemas

/// Lists open issues.
struct IssueListTool: Tool {
    let name = "issue.list"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let project = try arguments.required("project")
        return try await context.asking { tracker async throws(TrackerError) in
            let found = try await tracker.openIssues(in: project, limit: arguments.integer("limit") ?? 50)
            return ["rows": .array(found.map { .object($0.json) })]
        }
    }
}
