public import JSONSchemas

/// A built-in tool. Its arguments have been validated against its manifest, decided on and journaled.
public protocol Tool: Sendable {
    /// The name of the tool and of its manifest.
    var name: String { get }

    /// Does what the arguments ask and returns the result that the manifest describes.
    /// - Throws: `ToolError` for what the planner should see, `CancellationError`; any other error is reported as `io`.
    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue

    /// The result of the effect ``ToolContext/effectID`` that was begun in an earlier life of the run, if it really happened.
    ///
    /// Asked only for `queryable` and `transactional` tools. `nil` means: surely not done, do it.
    func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue?

    /// The result of a call that happened, as a person says, and that nobody saw the result of; nil where a result
    /// without one makes no sense, so that the person has to give it.
    func unobservedResult(of arguments: JSONObject) -> JSONValue?
}

extension Tool {
    /// Tools without a lasting effect have none to find.
    public func outcome(of arguments: JSONObject, in context: ToolContext) async throws -> JSONValue? {
        nil
    }

    /// Most results say something that only the tool can know.
    public func unobservedResult(of arguments: JSONObject) -> JSONValue? { nil }
}
