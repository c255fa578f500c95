import PolicyEngine
import Provenance
public import RunJournal
public import ToolExecution
import WorkflowFormat

/// Looks at what vouching for a value can change, before a person relies on it.
public enum EndorsementCheck {
    /// Why no endorsement changes anything about calls of the question's tool: it asks about every call, whatever its
    /// values are and wherever they come from.
    ///
    /// - Parameters:
    ///   - question: What waits.
    ///   - journal: The record.
    ///   - registry: The tools there are.
    ///   - operatorPolicy: The operator's policy.
    /// - Returns: The sentence of the rule that asks; nil where there is no such rule.
    /// - Throws: `JournalError` where the record can't be read, `WorkflowErrors` and ``RunStartError`` where the policy
    ///   can't, ``DecisionReplayError`` where the record does not say by which inputs it decides.
    public static func obstacle(
        to question: PendingApproval, in journal: Journal, registry: ToolRegistry, operatorPolicy: OperatorPolicy?
    ) throws -> String? {
        guard let request = ApprovalRequest(fromJSON: question.body), !request.isGate else { return nil }
        let policy = try CurrentPolicy.policy(
            of: question.run, in: journal, registry: registry, operatorPolicy: operatorPolicy)
        let tool = request.call.value.tool
        // A rule's own decision, and its manifest's, look at no argument; all other rules do.
        let unconditional = Set(["", "operator."].flatMap { [$0 + tool, $0 + tool + ".manifest"] })
        let findings = policy.findings(
            on: request.call,
            in: PolicyContext(
                run: request.run, address: request.address, argumentLabels: request.argumentLabels))
        return findings.first { $0.decision != .allow && unconditional.contains($0.rule) }?.sentence
    }
}
