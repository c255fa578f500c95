import IssueTracking
import JSONSchemas

/// Lists open issues.
struct IssueListTool: Tool {
    let name = "issue.list"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let project = try arguments.required("project")
        return try await context.asking { tracker async throws(TrackerError) in
            var found = try await tracker.openIssues(in: project, limit: arguments.integer("limit") ?? 50)
            if arguments["bodies"] == true {
                // Some trackers leave the text out of a list. One that can't be read keeps its title.
                for place in found.indices where found[place].body == nil {
                    do throws(TrackerError) {
                        found[place] = try await tracker.issue(found[place].id, in: project)
                    } catch {
                        guard error.code == .refused || error.code == .notFound else { throw error }
                    }
                }
            }
            return ["rows": .array(found.map { .object($0.json) })]
        }
    }
}
