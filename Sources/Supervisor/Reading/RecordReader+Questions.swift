import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

extension RecordReader {
    /// Every question that waits, and one of them in full: the one asked for, or the first.
    func questions(showing sequence: Int? = nil) throws -> QuestionsView {
        let pending = try journal.pendingApprovalsInShort()
        let rows = try questionRows(pending)
        let place = sequence.map { wanted in rows.firstIndex { $0.sequence == wanted } } ?? (rows.isEmpty ? nil : 0)
        guard sequence == nil || place != nil else { throw try QuestionAbsence.notice(of: sequence ?? 0, in: journal) }
        let groups = Self.groups(rows)
        return QuestionsView(
            questions: rows,
            shown: try place.map { try question(pending[$0], at: $0, among: rows, groups: groups) },
            groups: groups)
    }

    /// Every question that waits, in short alone.
    func questionList() throws(JournalError) -> QuestionsView {
        let rows = try questionRows(journal.pendingApprovalsInShort())
        return QuestionsView(questions: rows, shown: nil, groups: Self.groups(rows))
    }

    /// One question in full.
    func question(_ sequence: Int) throws -> QuestionView {
        guard let shown = try questions(showing: sequence).shown else {
            throw try QuestionAbsence.notice(of: sequence, in: journal)
        }
        return shown
    }

    /// The questions in short. What one asks is read once: a list is asked for often, and arguments can be large.
    func questionRows(_ pending: [PendingApproval]) throws(JournalError) -> [QuestionRow] {
        if shortQuestions.count > Self.shortQuestionLimit { shortQuestions.removeAll() }
        var found: [QuestionRow] = []
        for question in pending {
            if let known = shortQuestions[question.sequence] {
                found.append(known)
                continue
            }
            let row = self.row(of: try journal.filled(question))
            // What can't be read may be put back.
            if row.kind != .damaged { shortQuestions[question.sequence] = row }
            found.append(row)
        }
        return found
    }

    private func row(of question: PendingApproval) -> QuestionRow {
        let request = ApprovalRequest(fromJSON: question.body)
        let kind: QuestionRow.Kind =
            if let request {
                request.isGate ? .gate : request.isAboutUnknownOutcome ? .outcome : .call
            } else {
                .damaged
            }
        return QuestionRow(
            sequence: question.sequence, run: question.run, address: question.step, digest: question.digest,
            kind: kind, tool: kind == .gate ? "" : request?.call.value.tool ?? "",
            sentence: request?.sentence ?? "The record of this question is damaged.", rule: request?.rule ?? "",
            asked: JournalEntry.timestamp(nanoseconds: question.requestedNanoseconds),
            workflow: (try? journal.run(question.run))?.workflow ?? "", preview: request.map(Self.preview) ?? "",
            isUntrusted: request?.call.label.integrity == .untrusted)
    }

    /// The arguments on one line: as much of each as tells calls apart.
    private static func preview(_ request: ApprovalRequest) -> String {
        let parts = request.call.value.arguments.map { argument in
            "\(argument.key): " + ShownText.line(ShownText.value(argument.value), limit: 100)
        }
        return ShownText.line(parts.joined(separator: "; "), limit: 400)
    }

    private func question(
        _ short: PendingApproval, at place: Int, among rows: [QuestionRow], groups: [QuestionsView.Group]
    ) throws -> QuestionView {
        let pending = try journal.filled(short)
        // Of what is signed nothing is from before.
        let row = self.row(of: pending)
        let call = journal.callView(of: pending)
        let arguments = ApprovalRequest(fromJSON: pending.body)?.call.value.arguments
        let isCall = row.kind == .call
        let run = try journal.run(row.run)
        let group = groups.first { $0.questions.contains { $0.sequence == row.sequence } }
        return QuestionView(
            row: row, workflow: run.workflow, about: call.map { purpose(of: $0, in: run) } ?? "", call: call,
            change: try call.flatMap { try change(of: $0, in: row.run) },
            editable: isCall ? arguments.map { JSONValue.object($0).serialized(.pretty) } ?? "" : "",
            endorsable: isCall && !Self.asksAboutAll(row) ? arguments.map { $0.map(\.key) } ?? [] : [],
            holder: holder(of: row.run),
            alike: group?.questions.map(\.sequence).filter { $0 != row.sequence } ?? [],
            previous: place > 0 ? rows[place - 1].sequence : nil,
            next: place + 1 < rows.count ? rows[place + 1].sequence : nil)
    }

    /// Whether the rule asks about every call of the tool, whatever its values are and wherever they come from, so that to
    /// vouch for one changes nothing.
    private static func asksAboutAll(_ row: QuestionRow) -> Bool {
        [row.tool, row.tool + ".manifest"].contains { row.rule == $0 || row.rule == "operator." + $0 }
    }

    private static func groups(_ rows: [QuestionRow]) -> [QuestionsView.Group] {
        var alike: [[QuestionRow]] = []
        var places: [[String]: Int] = [:]
        for row in rows where row.kind == .call {
            if let place = places[[row.tool, row.rule]] {
                alike[place].append(row)
            } else {
                places[[row.tool, row.rule]] = alike.count
                alike.append([row])
            }
        }
        return alike.compactMap { rows in
            guard rows.count > 1, let first = rows.first else { return nil }
            return QuestionsView.Group(tool: first.tool, rule: first.rule, questions: rows)
        }
    }
}
