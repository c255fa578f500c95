import JSONSchemas
import PolicyEngine
import WorkflowFormat

/// What a policy said to one call.
struct Ruling {
    let outcome: PolicyDecision
    /// The rule that decided.
    let rule: String
    /// The call's arguments as they would be made or are shown to a person.
    var arguments: JSONObject?
    /// The question, where there is one.
    var request: ApprovalRequest?
}
