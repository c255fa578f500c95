import Foundation
import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import ToolExecution

/// Does for the page what it can't: records answers as `warrant approve`, `deny` and `settle` do, and knows workflows,
/// evaluations and how to verify the journal.
final class PageDesk: SupervisorDesk {
    private let surroundings: Surroundings
    private let journal: Journal
    private let evaluationFolders: [String]

    init(surroundings: Surroundings, journal: Journal, evaluationFolders: [String]) {
        self.surroundings = surroundings
        self.journal = journal
        self.evaluationFolders = evaluationFolders
    }

    // MARK: Answers

    func record(_ answers: [QuestionAnswer], by person: String) throws -> [AnswerReceipt] {
        do {
            return try recordAll(answers, by: person)
        } catch let notice as NoticeView {
            throw notice
        } catch {
            throw Self.notice(CommandFailure(error))
        }
    }

    private func recordAll(_ answers: [QuestionAnswer], by person: String) throws -> [AnswerReceipt] {
        // All leases first, and all checks before anything is recorded.
        var desks: [RunID: Answering] = [:]
        var checked: [(answer: QuestionAnswer, desk: Answering, question: PendingApproval, approval: Approval)] = []
        for answer in answers {
            guard let asked = try journal.record(answer.question)?.entry, asked.kind == .approvalRequested else {
                throw try QuestionAbsence.notice(of: answer.question, in: journal)
            }
            let desk = try desks[asked.run] ?? Answering(run: asked.run.description, in: surroundings)
            desks[asked.run] = desk
            guard let question = desk.question(asked: answer.question) else {
                throw try QuestionAbsence.notice(of: answer.question, in: journal)
            }
            guard question.digest == answer.digest else { throw QuestionAbsence.changed(answer.question) }
            let approval = Self.approval(answer, by: person)
            try desk.check(
                approval, of: question,
                isSettling: answer.decision == .happened || answer.decision == .didNotHappen)
            checked.append((answer, desk, question, approval))
        }
        // One transaction a run: of a run's answers all are recorded or none.
        var recorded = Set<RunID>()
        for (run, desk) in desks.sorted(by: { $0.key.description < $1.key.description }) {
            let own = checked.filter { $0.question.run == run }
            do {
                try desk.record(own.map { (approval: $0.approval, step: $0.question.step) })
            } catch {
                guard !recorded.isEmpty else { throw error }
                throw Self.halfRecorded(checked.count { recorded.contains($0.question.run) }, of: checked.count, error)
            }
            recorded.insert(run)
            for one in own {
                Output.message(
                    Terminal.visible(
                        "\(one.approval.decision.rawValue) \(one.question.run) \(one.question.step), on the page"))
            }
        }
        return checked.map { answer, desk, question, approval in
            AnswerReceipt(
                question: answer.question, run: question.run, step: question.step,
                decision: approval.decision.rawValue, person: person,
                remarks: Self.remarks(approval, desk, question))
        }
    }

    /// That some answers stand though others could not be written.
    private static func halfRecorded(_ count: Int, of all: Int, _ error: any Error) -> NoticeView {
        let reason = CommandFailure(error).description.split(separator: "\n").first.map { String($0) } ?? ""
        return NoticeView(
            503, "half_recorded", "Recorded \(count) of \(all) answers; then: \(reason)",
            fix: "Look at the questions again: those that don't wait any more are answered, and count.")
    }

    private static func approval(_ answer: QuestionAnswer, by person: String) -> Approval {
        let decision: Approval.Answer =
            switch answer.decision {
            case .approve, .didNotHappen: .approved
            case .deny: .rejected
            case .happened: .happened
            }
        return Approval(
            digest: answer.digest, decision: decision, person: person,
            reason: answer.reason.isEmpty ? nil : answer.reason, editedArguments: answer.edited,
            endorsedArguments: answer.endorsed, observedResult: answer.observed, at: Person.now)
    }

    private static func remarks(_ approval: Approval, _ desk: Answering, _ question: PendingApproval) -> [String] {
        var remarks: [String] = []
        if approval.decision == .rejected, let remark = desk.remarkOnDenial(of: [question]) { remarks.append(remark) }
        if !approval.endorsedArguments.isEmpty, let remark = desk.remarkOnEndorsement(at: question) {
            remarks.append(remark)
        }
        // As a sentence among others.
        return remarks.map { $0.prefix(1).uppercased() + $0.dropFirst() + ($0.hasSuffix(".") ? "" : ".") }
    }

    private static func notice(_ failure: CommandFailure) -> NoticeView {
        let lines = failure.description.split(separator: "\n", maxSplits: 1).map { String($0) }
        let (status, code) =
            switch failure.code {
            case .tryAgain: (423, "busy")
            case .denied: (403, "denied")
            case .badData, .usage: (422, "invalid")
            case .notFound: (404, "not_found")
            default: (503, "unreadable")
            }
        return NoticeView(status, code, lines.first ?? "", fix: lines.count > 1 ? lines[1] : "")
    }

    // MARK: What is looked up

    func workflows() throws -> [WorkflowView] {
        do {
            let registry = try surroundings.registry()
            let recorded = try journal.runs(limit: 200).compactMap { $0.parameters["workflow"]?.stringValue }
            var paths: [String] = []
            for path in CheckCommand.shipped(surroundings) + recorded {
                let file = path.hasSuffix(".yaml") || path.hasSuffix(".yml") ? path : path + "/workflow.yaml"
                if !paths.contains(file) { paths.append(file) }
            }
            var names = Set<String>()
            return paths.compactMap { path in
                // What a run was started from and is gone, or was a test's, is nothing to show; and what is no file may be
                // waited for without end.
                guard Self.isFile(path) else { return nil }
                // Anew each time: what it says hangs on prompts, manifests and the policy too.
                let view = WorkflowOutline.view(path: path, registry: registry)
                return names.insert(view.name).inserted ? view : nil
            }
        } catch {
            throw Self.notice(CommandFailure(error))
        }
    }

    private static func isFile(_ path: String) -> Bool {
        let place = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        let type = try? FileManager.default.attributesOfItem(atPath: place)[.type] as? FileAttributeType
        return type == .typeRegular
    }

    func evaluations() throws -> EvaluationsView { EvaluationList.view(of: evaluationFolders) }

    func verify() throws -> JournalView {
        let path = surroundings.journalPath
        do {
            // Anew each time: what was altered leaves the newest entry as it was. By another connection: whoever reads
            // meanwhile does not wait.
            let own = try surroundings.journal()
            let report = try own.verifyChain()
            return JournalView(
                report, path: path, isReadOnly: own.isReadOnly,
                verifiedAt: JournalEntry.timestamp(nanoseconds: own.nowNanoseconds))
        } catch let error as JournalError {
            return JournalView(
                failure: error.description, path: path, isReadOnly: journal.isReadOnly,
                verifiedAt: JournalEntry.timestamp(nanoseconds: journal.nowNanoseconds))
        } catch {
            throw Self.notice(CommandFailure(error))
        }
    }
}
