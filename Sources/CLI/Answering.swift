import JSONSchemas
import Orchestration
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import ToolExecution
import WorkflowFormat

/// Records answers to the waiting questions of one run.
struct Answering {
    private let surroundings: Surroundings
    private let journal: Journal
    private let summary: RunSummary
    private let pending: [PendingApproval]
    private let redactor: Redactor
    /// Held until the answer is on record: a process that went on with the run in between would not see it, and it would
    /// stand in the middle of what that process does.
    private let lease: RunLease

    init(run: String, in surroundings: Surroundings) throws {
        self.surroundings = surroundings
        let redactor = try surroundings.redactor()
        journal = try surroundings.journal(redactor: redactor)
        let id = try journal.run(matching: run).id
        do throws(JournalError) {
            lease = try journal.lease(id)
        } catch {
            guard case .leased(let holder) = error.code else { throw error }
            let name = holder.map { "\($0)" } ?? "(unknown)"
            throw CommandFailure(
                .tryAgain, "Can't answer for run `\(id)`: process \(name) is working on it.",
                fix: "Answer there, or wait until it parks.")
        }
        summary = try journal.run(id)
        self.redactor = redactor.requesting(recordedIn: summary.parameters)
        pending = try journal.pendingApprovals(run: summary.id)
    }

    /// The questions at a step, or all.
    func questions(at step: String) throws -> [PendingApproval] {
        let chosen = step == "all" ? pending : pending.filter { $0.step == step }
        guard !chosen.isEmpty else {
            let open = pending.map { "`\($0.step)`" }.joined(separator: ", ")
            throw CommandFailure(
                .notFound, "Can't answer step `\(step)` of run `\(summary.id)`: nothing waits there.",
                fix: pending.isEmpty ? nil : "What waits: \(open).")
        }
        return chosen
    }

    /// The questions at a step, or all, that a yes can answer. What became of a begun call is none of them: whoever says
    /// yes to what may be done must not have it done twice by the same word.
    func approvable(at step: String) throws -> [PendingApproval] {
        let chosen = try questions(at: step)
        let unknown = chosen.filter(Self.isAboutUnknownOutcome)
        guard let first = unknown.first else { return chosen }
        guard unknown.count < chosen.count else { throw unknownOutcome(first) }
        Output.message("not approved, since it may have been done already: \(Self.names(unknown)). \(settling)")
        return chosen.filter { !Self.isAboutUnknownOutcome($0) }
    }

    private func unknownOutcome(_ question: PendingApproval) -> CommandFailure {
        CommandFailure(
            .badData,
            "Can't approve step `\(question.step)`: its call was begun, and nobody knows whether it had its effect.",
            fix: settling)
    }

    private var settling: String {
        "Look, then say `warrant settle \(summary.id) STEP --happened` or `--did-not-happen`."
    }

    /// The question that an entry asked; nil where it doesn't wait.
    func question(asked sequence: Int) -> PendingApproval? { pending.first { $0.sequence == sequence } }

    /// That what is denied may have happened all the same; nil where that can't be.
    func remarkOnDenial(of chosen: [PendingApproval]) -> String? {
        let unknown = chosen.filter(Self.isAboutUnknownOutcome)
        guard !unknown.isEmpty else { return nil }
        return "begun before the run stopped, so it may have happened all the same: \(Self.names(unknown))"
    }

    /// Refuses an answer that can't be used. `isSettling`: whether it says what became of a call.
    func check(_ approval: Approval, of question: PendingApproval, isSettling: Bool = false) throws {
        if isSettling {
            return try checkSettled(
                happened: approval.decision == .happened, observed: approval.observedResult, of: question)
        }
        guard approval.decision == .approved else { return }
        // What nobody can have seen can't be agreed to; and what became of a begun call may be what it asks.
        guard let request = ApprovalRequest(fromJSON: question.body), request.digest == question.digest else {
            throw CommandFailure(
                .badData,
                "Can't approve step `\(question.step)`: the record of its question is damaged, so nobody can see it.",
                fix: "It can only be denied.")
        }
        if request.isAboutUnknownOutcome { throw unknownOutcome(question) }
        try checkEndorsed(approval.endorsedArguments, of: question, edited: approval.editedArguments)
        if approval.editedArguments != nil { try checkEdit(approval, of: question) }
    }

    private static func isAboutUnknownOutcome(_ question: PendingApproval) -> Bool {
        ApprovalRequest(fromJSON: question.body)?.isAboutUnknownOutcome == true
    }

    private static func names(_ questions: [PendingApproval]) -> String {
        questions.map { "`\(Terminal.visible($0.step))`" }.joined(separator: ", ")
    }

    /// Refuses to endorse what the call does not have.
    private func checkEndorsed(_ names: [String], of question: PendingApproval, edited: JSONObject?) throws {
        guard !names.isEmpty else { return }
        guard let request = ApprovalRequest(fromJSON: question.body), !request.isGate else {
            throw CommandFailure(
                .badData, "Can't endorse a value at step `\(question.step)`: it is no call of a tool.")
        }
        let arguments = edited ?? request.call.value.arguments
        for name in names where arguments[name] == nil {
            let known = arguments.map { "`\($0.key)`" }.joined(separator: ", ")
            throw CommandFailure(
                .badData, "Can't endorse `\(name)`: the call at step `\(question.step)` has no such argument.",
                fix: "It has \(known).")
        }
    }

    /// That endorsing a value can't change anything; nil where it can.
    func remarkOnEndorsement(at question: PendingApproval) -> String? {
        // A remark and no more: the answer counts, and what is wrong with the policy is said when the run goes on.
        guard let registry = try? surroundings.registry(),
            let obstacle = try? EndorsementCheck.obstacle(
                to: question, in: journal, registry: registry, operatorPolicy: surroundings.operatorPolicy(registry))
        else { return nil }
        return "the endorsement changes nothing, later calls ask all the same: \(obstacle)"
    }

    /// Refuses to say what became of a call where that was not asked, and a result that the tool can't have.
    private func checkSettled(happened: Bool, observed: JSONValue?, of question: PendingApproval) throws {
        guard let request = ApprovalRequest(fromJSON: question.body), request.isAboutUnknownOutcome else {
            throw CommandFailure(
                .badData, "Can't settle step `\(question.step)`: no call of an unknown outcome waits there.",
                fix: "Answer with `warrant approve` or `warrant deny`.")
        }
        guard happened else { return }
        let registry = try surroundings.registry()
        let call = request.call.value
        // As it is recorded and used: with what the run replaces replaced.
        guard let result = observed.map({ redactor.redact($0) }) ?? registry.unobservedResult(of: call) else {
            throw CommandFailure(
                .badData,
                "Can't settle step `\(question.step)`: the result of `\(call.tool)` is needed for what follows.",
                fix:
                    "Write it to a file and name that with `--result FILE`; `warrant tool show \(call.tool)` says its form."
            )
        }
        guard let issue = registry.definition(call.tool)?.result.validate(result).first else { return }
        throw CommandFailure(
            .badData, "Can't settle step `\(question.step)`: the result does not fit `\(call.tool)`: \(issue).")
    }

    /// Refuses an edit that can't be used.
    private func checkEdit(_ approval: Approval, of question: PendingApproval) throws {
        let registry = try surroundings.registry()
        // As it is recorded and used: with what the run replaces replaced.
        try EditCheck.check(
            approval.redacted(by: redactor), of: question, in: journal, registry: registry,
            operatorPolicy: try surroundings.operatorPolicy(registry))
    }

    /// The digest of the question at a step whose answer endorses a value; nil where none does, or one waits there.
    func endorsingAnswer(at step: String) throws -> String? {
        guard summary.state.isOpen, !pending.contains(where: { $0.step == step }) else { return nil }
        let answer = try journal.entries(of: summary.id, at: step).last { $0.kind == .approvalRecorded }
        guard let approval = answer.flatMap({ Approval(fromJSON: $0.body) }), approval.decision == .approved,
            !approval.endorsedArguments.isEmpty
        else { return nil }
        return approval.digest
    }

    /// Records an answer.
    func record(_ approval: Approval, at step: String) throws { try record([(approval: approval, step: step)]) }

    /// Records answers: all of them or none.
    func record(_ answers: [(approval: Approval, step: String)]) throws {
        try withExtendedLifetime(lease) {
            _ = try journal.append(
                answers.map { approval, step in
                    JournalEntryDraft(.approvalRecorded, step: step, body: approval.record(redactedBy: redactor))
                }, run: summary.id)
        }
    }

    /// Records an answer and says so.
    func recordAloud(_ approval: Approval, at step: String) throws {
        try recordAloud([(approval: approval, step: step)])
    }

    /// Records answers, all of them or none, and says so.
    func recordAloud(_ answers: [(approval: Approval, step: String)]) throws {
        try record(answers)
        for answer in answers {
            Output.result("\(answer.approval.decision.rawValue) \(summary.id) \(answer.step)")
        }
    }

    func sayWhatIsLeft(after count: Int) {
        let left = pending.count - count
        Output.message(
            left == 0 ? "go on with: warrant resume \(summary.id)" : "\(left) more question\(left == 1 ? "" : "s") wait"
        )
    }
}
