import JSONSchemas
import Orchestration
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

/// Records answers to the waiting questions of one run.
struct Answering {
    private let surroundings: Surroundings
    private let journal: Journal
    private let summary: RunSummary
    private let pending: [PendingApproval]

    init(run: String, in surroundings: Surroundings) throws {
        self.surroundings = surroundings
        journal = try surroundings.journal()
        summary = try journal.run(matching: run)
        if let holder = journal.leaseHolder(of: summary.id) {
            throw CommandFailure(
                .tryAgain, "Can't answer for run `\(summary.id)`: process \(holder) is working on it.",
                fix: "Answer there, or wait until it parks.")
        }
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

    /// Refuses to endorse what the call does not have.
    func checkEndorsed(_ names: [String], of question: PendingApproval, edited: JSONObject?) throws {
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

    /// Says so where endorsing a value can't change anything.
    func remarkOnEndorsement(at question: PendingApproval) {
        do {
            let registry = try surroundings.registry()
            let obstacle = try EndorsementCheck.obstacle(
                to: question, in: journal, registry: registry, operatorPolicy: surroundings.operatorPolicy(registry))
            guard let obstacle else { return }
            Output.message(
                Terminal.visible("the endorsement changes nothing, later calls ask all the same: \(obstacle)"))
        } catch {
            // A remark and no more: the answer counts, and what is wrong with the policy is said when the run goes on.
        }
    }

    /// Refuses an edit that can't be used.
    func checkEdit(_ approval: Approval, of question: PendingApproval) throws {
        let registry = try surroundings.registry()
        try EditCheck.check(
            approval, of: question, in: journal, registry: registry,
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

    func record(_ approval: Approval, at step: String) throws {
        try journal.append(.approvalRecorded, run: summary.id, step: step, body: approval.toJSON())
        Output.result("\(approval.decision.rawValue) \(summary.id) \(step)")
    }

    func sayWhatIsLeft(after count: Int) {
        let left = pending.count - count
        Output.message(
            left == 0 ? "go on with: warrant resume \(summary.id)" : "\(left) more question\(left == 1 ? "" : "s") wait"
        )
    }
}
