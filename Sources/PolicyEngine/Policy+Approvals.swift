import JSONSchemas
import Provenance
import WorkflowFormat

extension Policy {
    /// Turns a person's approval into the warrant for the call it is about.
    ///
    /// The call is decided on again, edited or not, in the context of now: a person can say yes where the policy
    /// asks, never where it denies. Arguments the person edited are endorsed, from this approval.
    public func warrant(
        for request: ApprovalRequest, approval: Approval, in context: PolicyContext
    ) throws(PolicyError) -> Warrant {
        let operation = "use the approval for step `\(request.address)`"
        func mismatch(_ reason: String) -> PolicyError {
            PolicyError(.mismatch, operation: operation, reason: reason)
        }
        guard approval.digest == request.digest else { throw mismatch("it belongs to another call") }
        guard request.policyVersion == version else {
            throw mismatch("the policy has changed since it was asked for")
        }
        guard request.run == context.run, request.address == context.address else {
            throw mismatch("it belongs to another run or step")
        }
        guard approval.decision == .approved else {
            throw PolicyError(
                .rejected, operation: operation, reason: "`\(approval.person)` rejected the call")
        }
        // The labels that the digest covers, not whatever the caller now says they are.
        let asked = context.with(labels: request.argumentLabels)
        let (call, edited) = apply(approval, to: request, in: asked)
        switch decide(call, in: edited) {
        case .allow(let warrant):
            return Warrant(
                call: warrant.call, context: edited,
                finding: Finding(.allow, rule: warrant.rule, because: "`\(approval.person)` approved it"),
                policyVersion: version, hosts: hosts(for: request.call.value.tool), approvedBy: approval.person)
        case .ask(let again):
            return Warrant(
                call: again.call, context: edited,
                finding: Finding(.allow, rule: again.rule, because: "`\(approval.person)` approved it"),
                policyVersion: version, hosts: hosts(for: request.call.value.tool), approvedBy: approval.person)
        case .deny(let denial):
            throw PolicyError(
                .denied(denial), operation: operation,
                reason: "the policy denies the call by `\(denial.rule)`")
        }
    }

    /// The call as the person wants it, and the context with its labels.
    private func apply(
        _ approval: Approval, to request: ApprovalRequest, in context: PolicyContext
    ) -> (Labelled<ToolCall>, PolicyContext) {
        guard let wanted = approval.editedArguments else { return (request.call, context) }
        let asked = request.call.value
        let source = Source(step: request.address, tool: nil, pointer: "/approval")
        var labels = context.argumentLabels
        for (argument, value) in wanted where asked.arguments[argument] != value {
            labels[argument] = .endorsed(source)
        }
        let call = Labelled(
            ToolCall(tool: asked.tool, arguments: wanted),
            label: request.call.label.joined(with: .endorsed(source)))
        return (call, context.with(labels: labels))
    }
}

extension PolicyContext {
    fileprivate func with(labels: [String: Label]) -> PolicyContext {
        PolicyContext(
            run: run, address: address, earlierCalls: earlierCalls, roots: roots,
            resolvedPaths: resolvedPaths,
            argumentLabels: labels, lists: lists, isOutcomeUnknown: isOutcomeUnknown)
    }
}
