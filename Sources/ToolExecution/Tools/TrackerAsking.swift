import IssueTracking
import JSONSchemas

extension ToolContext {
    /// Works with the tracker; what goes wrong there becomes the tool's failure.
    func asking<R>(
        _ body: (any IssueTracker) async throws(TrackerError) -> R
    ) async throws(ToolError) -> R {
        do {
            return try await body(environment.tracker)
        } catch {
            throw ToolError(Self.code(of: error), error.description)
        }
    }

    private static func code(of error: TrackerError) -> ToolError.Code {
        switch error.code {
        case .notFound: .notFound
        case .badArgument: .badArgument
        case .refused: .refused
        case .unavailable, .configuration: .unavailable
        case .storage: .io
        }
    }
}

extension JSONObject {
    /// The issue a call is about.
    func issue() throws(ToolError) -> (id: Int, project: String) {
        guard let id = integer("id") else { throw ToolError(.badArgument, "Can't run the call: `id` is missing.") }
        return (id, try required("project"))
    }

    /// A list of strings; empty when it isn't given.
    func texts(_ name: String) -> [String] { self[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
}
