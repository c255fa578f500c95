import JSONSchemas
import Testing

/// A call that a hijacked planner would like to see made.
struct AttackCase: Sendable, CustomTestStringConvertible {
    let workflow: String
    let tool: String
    let arguments: JSONObject
    /// Arguments that are what an honest run has there, so that only the others are at fault.
    let trusted: Set<String>
    let aim: String

    var testDescription: String { "\(workflow): \(tool) \(aim)" }
}
