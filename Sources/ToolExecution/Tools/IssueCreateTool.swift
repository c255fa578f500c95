import Databases
import IssueTracking
import JSONSchemas

/// Files an issue. The effect's identifier is stored with the issue, so the same effect files one issue, however often
/// it is tried.
struct IssueCreateTool: Tool {
    let name = "issue.create"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let draft = IssueDraft(
            project: try arguments.required("project"), title: try arguments.required("title"),
            body: try arguments.required("body") + context.footer, labels: arguments.texts("labels"))
        return try await context.asking { tracker async throws(TrackerError) in
            result(try await tracker.file(draft, as: context.marker))
        }
    }

    func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
        let project = try arguments.required("project")
        return try await context.asking { tracker async throws(TrackerError) in
            try await tracker.issue(filedAs: context.marker, in: project).map { result($0) }
        }
    }

    private func result(_ issue: Issue) -> JSONValue {
        var fields: JSONObject = [
            "id": .integer(issue.id), "project": .string(issue.project), "title": .string(issue.title),
        ]
        if let url = issue.url { fields["url"] = .string(url) }
        return .object(fields)
    }
}
