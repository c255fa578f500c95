import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// One planner's run so far: what it was allowed, and what its lookups vouch for.
struct ReplayedPlanner {
    let policy: Policy
    let task: TypedMatch
    let usesHandles: Bool
    private var handles = HandleLedger()
    private var earlierCalls: [String: Int] = [:]

    init(policy: Policy, task: TypedMatch, usesHandles: Bool) {
        self.policy = policy
        self.task = task
        self.usesHandles = usesHandles
    }

    /// What the policy says to a call, and by which rule.
    mutating func decide(_ call: ToolCall, at step: Int) -> (PolicyDecision, String) {
        let decision = policy.decide(
            Labelled(call, label: .untrusted(Source(step: "planner"))),
            in: PolicyContext(
                run: "policy-replay", address: "planner#\(step)", earlierCalls: earlierCalls, task: task,
                handles: handles))
        let said = (decision.outcome, decision.rule)
        if said.0 != .deny { earlierCalls[call.tool, default: 0] += 1 }
        return said
    }

    mutating func observe(_ call: ToolCall, _ result: JSONValue, at step: Int) {
        guard usesHandles else { return }
        handles.observe(call, result: result, at: "planner#\(step)", rules: policy.vouches(for: call.tool), task: task)
    }
}
