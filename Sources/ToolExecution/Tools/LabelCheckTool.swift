import IssueTracking
import JSONSchemas

/// Says which labels the tracker will refuse, before anybody is asked about them.
struct LabelCheckTool: Tool {
    let name = "label.check"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let project = try arguments.required("project")
        do {
            return try await context.asking { tracker async throws(TrackerError) in
                let unknown = try await tracker.unknownLabels(among: arguments.texts("labels"), in: project)
                return ["unknown": .array(unknown.map { .string($0) })]
            }
        } catch {
            // It only looks ahead: what it can't see is seen when something is filed.
            guard [.notFound, .badArgument, .refused].contains(error.code) else { throw error }
            return ["unknown": [], "problem": .string(error.description)]
        }
    }
}
