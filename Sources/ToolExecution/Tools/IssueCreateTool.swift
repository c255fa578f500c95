import Databases
import JSONSchemas

/// Files an issue in the local tracker. The effect's identifier is stored with the issue and is unique there, so the
/// same effect files one issue, however often it is tried.
struct IssueCreateTool: Tool {
    let name = "issue.create"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let approval = context.approvedBy.map { ", approved by \($0)" } ?? ""
        let footer = "drafted by \(context.environment.draftedBy) in run \(context.environment.run)\(approval)"
        let draft = IssueDraft(
            project: try arguments.required("project"), title: try arguments.required("title"),
            body: try arguments.required("body") + "\n\n---\n" + footer + "\n",
            labels: arguments["labels"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        let issue = try context.environment.tracker.create(draft, marker: context.effectID)
        return result(issue)
    }

    func outcome(ofEffect effectID: String, in environment: ToolEnvironment) async throws -> JSONValue? {
        try environment.tracker.issue(marker: effectID).map { result($0) }
    }

    private func result(_ issue: TrackedIssue) -> JSONValue {
        ["id": .integer(issue.id), "project": .string(issue.project), "title": .string(issue.title)]
    }
}
