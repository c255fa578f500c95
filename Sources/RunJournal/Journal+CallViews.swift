import GRDB
public import JSONSchemas
public import PolicyEngine
public import Provenance
import WorkflowFormat

extension Journal {
    /// The time by the journal's clock, in nanoseconds since 1970: what an answer's age is reckoned with.
    public var nowNanoseconds: Int64 { options.now() }

    /// A waiting question as a person is shown it; nil when its record can't be read.
    public func callView(of question: PendingApproval) -> CallView? {
        guard let request = ApprovalRequest(fromJSON: question.body) else { return nil }
        return CallView(
            request, askedAt: JournalEntry.timestamp(nanoseconds: question.requestedNanoseconds),
            remarks: remarks(in: (try? entries(of: question.run, at: question.step)) ?? [])
        ) { try? recordedValue(of: $0, in: question.run) }
    }

    /// The call at a step as a person is shown it: as it was proposed, with the last decision on it and the answer.
    ///
    /// Nil when nothing was decided or asked there.
    public func callView(of run: RunID, at step: String) throws(JournalError) -> CallView? {
        let entries = try entries(of: run, at: step)
        let asked = entries.last { $0.kind == .approvalRequested }
        let decided = entries.last { $0.kind == .callDecided }
        let source = { (source: Source) in try? self.recordedValue(of: source, in: run) }
        let ruling = decided.flatMap { CallView.Ruling(fromJSON: $0.body) }
        if let asked, let request = ApprovalRequest(fromJSON: asked.body) {
            // A later decision without an approval is about a call that nobody needs to be asked about any more.
            let isSettled = (decided?.sequence ?? 0) > asked.sequence && decided?.body["approval"] == nil
            if !isSettled {
                return CallView(
                    request, ruling: (decided?.sequence ?? 0) > asked.sequence ? ruling : nil,
                    askedAt: asked.timestamp, answer: Self.answer(to: request, after: asked, in: entries),
                    remarks: remarks(in: entries), source: source)
            }
        }
        guard let ruling, let proposed = entries.last(where: { $0.kind == .callProposed })?.body,
            let call = ToolCall(fromJSON: proposed), let label = proposed["label"].flatMap(Label.init(fromJSON:))
        else { return nil }
        return CallView(
            call, label: label, labels: proposed["labels"].flatMap(Label.recorded) ?? [:], run: run.description,
            address: step, ruling: ruling, remarks: remarks(in: entries), source: source)
    }

    /// What a source stands for, where this journal has it: a step's observation or result, or an input.
    public func recordedValue(of source: Source, in run: RunID) throws(JournalError) -> JSONValue? {
        if source.isWorkflow { return nil }
        let whole: JSONValue?
        if source.isInput {
            let parameters = try self.run(run).parameters
            whole = parameters["values"] ?? parameters["inputs"]
        } else if source.tool != nil {
            whole = try newest(.observationRecorded, of: run, at: source.step)?["observation"]?["value"]
        } else {
            whole = try newest(.stepFinished, of: run, at: source.step)?["result"]
        }
        guard let whole else { return nil }
        guard let pointer = try? JSONPointer(parsing: source.pointer) else { return whole }
        return whole.value(at: pointer) ?? whole
    }

    /// The entries of one step in order.
    public func entries(of run: RunID, at step: String) throws(JournalError) -> [JournalEntry] {
        try fetch("WHERE run = ? AND step = ? ORDER BY entry.sequence", [run.description, step])
    }

    private func newest(
        _ kind: JournalEntryKind, of run: RunID, at step: String
    ) throws(JournalError) -> JSONValue? {
        try fetch(
            "WHERE run = ? AND step = ? AND kind = ? ORDER BY entry.sequence DESC LIMIT 1",
            [run.description, step, kind.rawValue]
        ).first?.body
    }

    private static func answer(
        to request: ApprovalRequest, after asked: JournalEntry, in entries: [JournalEntry]
    ) -> CallView.Answer? {
        let answered = entries.last {
            $0.kind == .approvalRecorded && $0.sequence > asked.sequence && $0.subject == request.digest
        }
        guard let answered, let approval = Approval(fromJSON: answered.body) else { return nil }
        return CallView.Answer(approval, recordedAt: answered.timestamp)
    }

    private func remarks(in entries: [JournalEntry]) -> [String] {
        entries.filter { $0.kind == .note || $0.kind == .effectUnknown }.compactMap { $0.body["sentence"]?.stringValue }
    }
}
