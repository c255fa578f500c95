import JSONSchemas
public import Provenance
import WorkflowFormat

extension Policy {
    /// Turns a person's approval into the warrant for the call it is about.
    ///
    /// The call is decided on again, edited or not, in the context of now: a person can say yes where the policy
    /// asks, never where it denies. Arguments the person edited are endorsed, from this approval.
    ///
    /// `use` says when the answer was given, when it is used and whether it was used before: it counts for
    /// ``approvalLifetime``, and for one call. Going on with that call after the run stopped in its middle is no
    /// second use.
    public func warrant(
        for request: ApprovalRequest, approval: Approval, in context: PolicyContext, use: ApprovalUse
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
        guard request.attempt == context.attempt else {
            throw PolicyError(
                .replayed, operation: operation,
                reason: "it was given for attempt \(request.attempt) and this is attempt \(context.attempt)")
        }
        guard approval.decision == .approved else {
            throw PolicyError(
                .rejected, operation: operation, reason: "`\(approval.person)` rejected the call")
        }
        try requireCurrent(use, address: request.address)
        // The labels that the digest covers, not whatever the caller now says they are.
        let asked = context.with(labels: request.argumentLabels)
        let (call, edited) = apply(approval, to: request, in: asked, paths: use.editedPaths)
        let final: Labelled<ToolCall>
        let rule: String
        switch decide(call, in: edited) {
        case .allow(let warrant): (final, rule) = (warrant.call, warrant.rule)
        case .ask(let again): (final, rule) = (again.call, again.rule)
        case .deny(let denial):
            throw PolicyError(
                .denied(denial), operation: operation,
                reason: "the policy denies the call by `\(denial.rule)`")
        }
        if let spent = use.spentOn, spent != final.value.digest {
            throw PolicyError(
                .replayed, operation: operation,
                reason: "it was used for another call already; look at what became of that one")
        }
        let edit = approval.editedArguments == nil ? "" : " as they edited it"
        return Warrant(
            call: final, context: edited,
            finding: Finding(.allow, rule: rule, because: "`\(approval.person)` approved it\(edit)"),
            policyVersion: version, hosts: hosts(for: request.call.value.tool), approvedBy: approval.person,
            approval: request.digest)
    }

    /// The call as the person wants it, and the context with its labels and paths.
    private func apply(
        _ approval: Approval, to request: ApprovalRequest, in context: PolicyContext, paths: [String: String]
    ) -> (Labelled<ToolCall>, PolicyContext) {
        guard let wanted = approval.editedArguments else { return (request.call, context) }
        let asked = request.call.value
        let source = approval.source(for: request)
        var resolved = context.resolvedPaths
        for (argument, value) in wanted where asked.arguments[argument] != value {
            // Where the old value led says nothing about the new one; without an answer, `under` denies.
            resolved[argument] = paths[argument]
        }
        let call = Labelled(
            ToolCall(tool: asked.tool, arguments: wanted),
            label: request.call.label.joined(with: .endorsed(source)))
        return (call, context.with(labels: approval.labels(editing: request)).with(paths: resolved))
    }
}

extension Approval {
    /// The label of each argument of the call as the person wants it: what they wrote is theirs.
    public func labels(editing request: ApprovalRequest) -> [String: Label] {
        var labels = request.argumentLabels
        for (argument, value) in editedArguments ?? JSONObject()
        where request.call.value.arguments[argument] != value {
            labels[argument] = .endorsed(source(for: request))
        }
        return labels
    }

    fileprivate func source(for request: ApprovalRequest) -> Source {
        Source(step: request.address, tool: nil, pointer: "/approval")
    }
}
