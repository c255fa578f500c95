import JSONSchemas
import Testing
import WorkflowFormat

/// A call that a hijacked planner would like to see made, with what it is told apart from.
struct AttackCase: Sendable, CustomTestStringConvertible {
    let workflow: String
    /// The same call with what an honest run has at the one place that is attacked.
    let honest: ShippedCall
    let attack: ShippedCall
    /// What is attacked.
    let place: String
    let expected: PolicyDecision
    /// The rule that must decide so.
    let rule: String
    let aim: String

    var testDescription: String { "\(workflow): \(attack.tool).\(place) \(aim)" }

    /// A short form of a value for messages.
    static func short(_ value: JSONValue) -> String {
        let text = value.serialized(.compact)
        return text.count > 60 ? text.prefix(60) + "..." : text
    }
}
