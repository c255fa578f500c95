import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import ToolExecution
import WorkflowFormat

/// Questions to persons and what their answers are good for.
///
/// An answer is used for one call, while it is fresh. One that came too early is put aside with a sentence in the
/// record, and the same question is asked again.
extension Run {
    /// Asks about a call and makes it when a person says yes.
    func ask(
        _ request: ApprovalRequest, prepared: PreparedCall, context: PolicyContext, at address: String, isResumed: Bool
    ) async throws -> CallOutcome {
        let asked = [decision(.ask, rule: request.rule, request.sentence, on: prepared, in: context)]
        guard let answer = try await answer(to: request, at: address, before: asked) else {
            if configuration.isDryRun {
                services.report(.note("dry run: `\(prepared.call.tool)` would ask a person"))
                return .shown
            }
            wait(for: request)
            return .waiting
        }
        let approval = answer.approval
        if approval.decision == .happened, request.isAboutUnknownOutcome {
            if let outcome = try adopt(approval, of: prepared, at: address) { return outcome }
            services.report(.note("what was said to have happened at `\(address)` is no result of the tool"))
            wait(for: request)
            return .waiting
        }
        guard approval.decision == .approved else {
            let doubt = doubtOfRefused(at: address, because: "a person refused the call")
            if !doubt.isEmpty { try record(doubt) }
            return .declined(reason(approval.reason ?? "", remarkingDoubtAt: address))
        }
        let warrant: Warrant
        let use = use(of: answer, at: address)
        do {
            warrant = try policy.warrant(for: request, approval: approval, in: context, use: use)
        } catch {
            return try refuse(error, approval, of: request, prepared, in: context)
        }
        if !context.isOutcomeUnknown, isAnotherInDoubt(than: warrant.call.value, at: address) {
            return try await askBeforeAnother(
                prepared, isEdited: approval.editedArguments != nil, at: address)
        }
        return try await execute(
            // A person has looked at what became of the first attempt.
            warrant, prepared: prepared, at: address, isResumed: isResumed && !context.isOutcomeUnknown, before: [],
            editedPaths: use.editedPaths)
    }

    /// The facts for one use of an answer.
    private func use(of answer: RecordedAnswer, at address: String) -> ApprovalUse {
        answer.use(
            at: services.nowNanoseconds,
            editedPaths: answer.approval.editedArguments.map { services.paths(of: $0, at: address) } ?? [:])
    }

    /// A yes that can't be used: the record says why, and what the policy said to the call as it was edited.
    private func refuse(
        _ error: PolicyError, _ approval: Approval, of request: ApprovalRequest, _ prepared: PreparedCall,
        in context: PolicyContext
    ) throws -> CallOutcome {
        var (rule, sentence) = ("approval", error.description)
        if case .denied(let denial) = error.code { (rule, sentence) = (denial.rule, denial.sentence) }
        let call = ToolCall(
            tool: request.call.value.tool, arguments: approval.editedArguments ?? request.call.value.arguments)
        let paths = context.resolvedPaths.merging(services.paths(of: call.arguments, at: context.address)) { $1 }
        let denied = decision(
            .deny, rule: rule, sentence, on: prepared, as: call, in: context.with(paths: paths),
            more: [
                "approval": .string(approval.digest), "arguments": .object(call.arguments),
                "labels": Label.toJSON(approval.labels(editing: request)),
            ])
        try record([denied] + doubtOfRefused(at: context.address, because: "the policy denies the call now"))
        sentence = reason(sentence, remarkingDoubtAt: context.address)
        denials.append(sentence)
        services.report(.denied(address: request.address, sentence: sentence))
        return .denied(sentence)
    }

    /// The recorded answer to `request` while it counts, else the one a person gives now; nil when nobody is there.
    ///
    /// - Parameters:
    ///   - request: The question.
    ///   - address: The step.
    ///   - drafts: What is recorded before the question, if it is asked.
    /// - Returns: The answer, with when it was recorded.
    /// - Throws: `JournalError` when it can't be recorded; `Halt` when the budget has no more questions.
    func answer(
        to request: ApprovalRequest, at address: String, before drafts: [JournalEntryDraft]
    ) async throws -> RecordedAnswer? {
        var remarks: [JournalEntryDraft] = []
        if let known = recorded.answer(to: request.digest, at: address) {
            do throws(PolicyError) {
                // A no does not grow old.
                if known.approval.decision == .approved {
                    try policy.requireCurrent(use(of: known, at: address), address: address)
                }
                return known
            } catch {
                remarks.append(
                    JournalEntryDraft(
                        .note, step: address,
                        body: ["sentence": .string(error.description), "approval": .string(request.digest)]))
                services.report(.note(error.description))
            }
        }
        if !recorded.isAsked(request.digest, at: address) {
            try record(
                remarks + superseding(at: address) + drafts + [
                    JournalEntryDraft(.approvalRequested, step: address, body: request.toJSON())
                ])
            if !configuration.isDryRun { try meter.countApproval(address) }
        }
        let started = ContinuousClock.now
        defer { times.add(.waiting, since: started) }
        guard !configuration.isDryRun, let given = try await services.answer(to: request) else { return nil }
        try record(.approvalRecorded, at: address, given.record(redactedBy: redactor))
        return recorded.answer(to: request.digest, at: address)
    }

    /// Notes that a person is needed and nobody is there.
    func wait(for request: ApprovalRequest) {
        waiting.append(request.address)
        services.report(.waiting(address: request.address, question: request.sentence))
    }

    /// Closes the question that waits at an address: what is asked or decided there now is another matter, and an
    /// answer to the old question would do nothing.
    func superseding(at address: String) -> [JournalEntryDraft] {
        guard let digest = recorded.openQuestion(at: address) else { return [] }
        return [
            // No answer of a person: it has no decision, and is read as none.
            JournalEntryDraft(
                .approvalRecorded, step: address, body: ["digest": .string(digest), "superseded": true])
        ]
    }

    /// The record of a decision, with everything that it was made from.
    func decision(
        _ decision: PolicyDecision, rule: String, _ sentence: String, on prepared: PreparedCall,
        as edited: ToolCall? = nil, in context: PolicyContext, more: JSONObject = JSONObject()
    ) -> JournalEntryDraft {
        var body: JSONObject = [
            "decision": .string(decision.rawValue), "rule": .string(rule), "sentence": .string(sentence),
            "policy": .string(policy.version), "context": context.toJSON(deciding: edited ?? prepared.call),
        ]
        if let goal = prepared.goal { body["goal"] = .string(goal) }
        for (name, value) in more { body[name] = value }
        return JournalEntryDraft(.callDecided, step: context.address, body: .object(body))
    }

    /// The values that persons vouched for elsewhere in this run, as long as their answers count. At the step itself
    /// there is the answer, which says more.
    func endorsements(for address: String) -> [Endorsement] {
        let now = services.nowNanoseconds
        return recorded.endorsements { policy.isCurrent(answeredNanoseconds: $0, usedNanoseconds: now) }
            .filter { $0.address != address }
    }
}
