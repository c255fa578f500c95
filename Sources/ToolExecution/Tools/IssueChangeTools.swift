import IssueTracking
import JSONSchemas

/// Adds a comment to an issue, once.
struct IssueCommentTool: Tool {
    let name = "issue.comment"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let (id, project) = try arguments.issue()
        let body = try arguments.required("body") + context.footer
        return try await context.asking { tracker async throws(TrackerError) in
            result(try await tracker.comment(body, on: id, in: project, as: context.marker), id)
        }
    }

    func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
        let (id, project) = try arguments.issue()
        return try await context.asking { tracker async throws(TrackerError) in
            try await tracker.comment(filedAs: context.marker, on: id, in: project).map { result($0, id) }
        }
    }

    private func result(_ comment: Int, _ id: Int) -> JSONValue {
        ["id": .integer(id), "comment": .integer(comment)]
    }
}

/// Adds labels to an issue. Those it has stay, so doing it twice is doing it once.
struct IssueLabelTool: Tool {
    let name = "issue.label"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let (id, project) = try arguments.issue()
        return try await context.asking { tracker async throws(TrackerError) in
            result(try await tracker.addLabels(arguments.texts("labels"), to: id, in: project))
        }
    }

    func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
        let (id, project) = try arguments.issue()
        // The type is written out: for the compiler, `nil` could be JSON's null, an outcome.
        return try await context.asking { tracker async throws(TrackerError) -> JSONValue? in
            let issue = try await tracker.issue(id, in: project)
            guard arguments.texts("labels").allSatisfy(issue.labels.contains) else { return JSONValue?.none }
            return result(issue)
        }
    }

    private func result(_ issue: Issue) -> JSONValue {
        ["id": .integer(issue.id), "labels": .array(issue.labels.map { .string($0) })]
    }
}

/// Closes an issue. Its manifest leaves that to a person in every workflow.
struct IssueCloseTool: Tool {
    let name = "issue.close"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let (id, project) = try arguments.issue()
        let other = arguments.integer("duplicate_of")
        guard other != id else {
            throw ToolError(.badArgument, "Can't close issue \(id): it can't be a duplicate of itself.")
        }
        // GitHub knows these words.
        let note = other.map { "Duplicate of #\($0).\(context.footer)" } ?? ""
        return try await context.asking { tracker async throws(TrackerError) in
            result(
                try await tracker.close(id, in: project, asDuplicateOf: other, note: note, as: context.marker))
        }
    }

    func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
        let (id, project) = try arguments.issue()
        return try await context.asking { tracker async throws(TrackerError) -> JSONValue? in
            let issue = try await tracker.issue(id, in: project)
            guard !issue.isOpen else { return JSONValue?.none }
            guard arguments.integer("duplicate_of") != nil else { return result(issue) }
            // Somebody else may have closed it. Without the note by its marker it is closed again, which adds what is
            // missing and nothing twice; a tracker with a field for it has no note, and sets the same value again.
            let note = try await tracker.comment(filedAs: context.marker, on: id, in: project)
            guard note != nil else { return JSONValue?.none }
            return result(issue)
        }
    }

    private func result(_ issue: Issue) -> JSONValue {
        ["id": .integer(issue.id), "state": .string(issue.isOpen ? "open" : "closed")]
    }
}
