import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

/// A run's steps and figures, added up entry by entry, so that a run that goes on is not read again.
struct RunTimeline {
    /// UTF-8 bytes of what a step made that its row shows.
    private static let previewByteLimit = 240

    /// The steps in the order in which they come in the record.
    private(set) var steps: [StepRow] = []
    /// What everything took.
    private(set) var metrics = RunMetrics()
    /// The files the run wrote.
    private(set) var outputs: [RunView.Output] = []
    /// Why the run stands where it stands.
    private(set) var reason = ""
    /// The last entry that was added.
    private(set) var lastSequence = 0
    /// What could not be read.
    private(set) var problems: [String] = []

    private var places: [String: Int] = [:]
    private var begun: [Int64] = []

    /// Problems that are kept; one is enough to know that the record is damaged.
    private static let problemLimit = 20

    /// Adds the run's next entry.
    mutating func take(_ record: EntryRecord) {
        let entry = record.entry
        lastSequence = entry.sequence
        if let problem = record.problem, problems.count < Self.problemLimit {
            problems.append("Entry \(entry.sequence): \(problem)")
        }
        metrics.take(entry)
        guard !entry.step.isEmpty else { return takeOfRun(entry) }
        let place = places[entry.step] ?? begin(entry)
        steps[place].take(entry, previewByteLimit: Self.previewByteLimit)
        steps[place].milliseconds = Double(max(0, entry.wallNanoseconds - begun[place])) / 1e6
    }

    /// The rows from this place on, with their figures.
    func rows(from offset: Int, count: Int) -> [StepRow] {
        let start = min(max(0, offset), steps.count)
        return steps[start..<min(steps.count, start + max(0, count))].map { step in
            var row = step
            row.figures = FiguresView(metrics.figures(at: row.address), address: row.address)
            return row
        }
    }

    /// The row of one step.
    func row(at address: String) -> StepRow? {
        guard let place = places[address] else { return nil }
        return rows(from: place, count: 1).first
    }

    /// The place of a step among all.
    func place(of address: String) -> Int? { places[address] }

    private mutating func begin(_ entry: JournalEntry) -> Int {
        let place = steps.count
        places[entry.step] = place
        begun.append(entry.wallNanoseconds)
        steps.append(
            StepRow(
                address: entry.step, kind: entry.step.contains("#") ? .turn : .other, state: .running, tool: "",
                firstSequence: entry.sequence, lastSequence: entry.sequence, started: entry.timestamp,
                milliseconds: 0, decision: nil, rule: "", sentence: "", answer: nil, outcome: "", isUntrusted: false,
                preview: LongText("", byteLimit: 1), figures: FiguresView(RunMetrics.Figures())))
        return place
    }

    private mutating func takeOfRun(_ entry: JournalEntry) {
        switch entry.kind {
        case .outputWritten:
            guard let path = entry.body["path"]?.stringValue else { return }
            outputs.removeAll { $0.path == path }
            outputs.append(RunView.Output(path: path, byteCount: entry.body["bytes"]?.intValue ?? 0))
        case .runParked, .runFinished, .runCancelled:
            reason = entry.body["reason"]?.stringValue ?? ""
        case .runResumed:
            reason = ""
        default: break
        }
    }
}

extension StepRow {
    /// Adds the step's next entry.
    fileprivate mutating func take(_ entry: JournalEntry, previewByteLimit limit: Int) {
        lastSequence = entry.sequence
        let body = entry.body
        if let label = body["label"].flatMap(Label.init(fromJSON:)) { isUntrusted = label.integrity == .untrusted }
        switch entry.kind {
        case .promptBuilt: kind = .read
        case .valueProduced:
            if body["plan"] != nil {
                kind = .plan
                preview = LongText(body["written"]?.serialized(.pretty) ?? "", byteLimit: limit)
            } else {
                tool = body["tool"]?.stringValue ?? tool
                preview = LongText(body["arguments"]?.serialized(.pretty) ?? "", byteLimit: limit)
            }
            state = .done
        case .callProposed:
            if kind == .other { kind = .call }
            tool = body["tool"]?.stringValue ?? tool
            state = .running
        case .callDecided, .provisionalObserved: takeDecision(entry, previewByteLimit: limit)
        case .approvalRequested:
            if ApprovalRequest(fromJSON: body)?.isGate == true {
                kind = .gate
            } else {
                tool = body["call"]?["tool"]?.stringValue ?? tool
            }
            rule = body["rule"]?.stringValue ?? ""
            sentence = body["sentence"]?.stringValue ?? ""
            if kind != .gate { decision = .ask }
            state = .waiting
        case .approvalRecorded:
            guard let approval = Approval(fromJSON: body) else {
                if state == .waiting { state = .running }
                return
            }
            answer = AnswerView(approval, recordedAt: entry.timestamp)
            state = approval.decision == .rejected ? .denied : .running
        case .executionStarted: state = .running
        case .observationRecorded: takeObservation(body, previewByteLimit: limit)
        case .stepFinished:
            if kind == .other { kind = body["usage"] != nil ? .agent : .other }
            outcome = body["result"]?["outcome"]?.stringValue ?? "done"
            if state != .denied { state = Self.state(of: outcome) }
            if state == .unsure {
                // What the run goes on with, and not what was written and left out.
                let used: JSONValue = body["result"]?["value"] ?? body["result"] ?? JSONValue.null
                preview = LongText(used.serialized(.compact), byteLimit: limit)
            } else {
                preview = Self.preview(body["written"] ?? body["result"], byteLimit: limit)
            }
        case .effectUnknown: state = .unknown
        default: break
        }
    }

    private mutating func takeDecision(_ entry: JournalEntry, previewByteLimit limit: Int) {
        guard let ruling = CallView.Ruling(fromJSON: entry.body) else { return }
        decision = ruling.decision
        rule = ruling.rule
        sentence = ruling.sentence
        if ruling.decision == .deny { state = .denied }
        guard entry.kind == .provisionalObserved else { return }
        if kind == .other { kind = .call }
        tool = entry.body["tool"]?.stringValue ?? tool
        takeObservation(entry.body, previewByteLimit: limit)
        outcome = "provisional"
    }

    private mutating func takeObservation(_ body: JSONValue, previewByteLimit limit: Int) {
        if kind == .other { kind = .call }
        let observation = body["observation"]
        outcome = observation?["outcome"]?.stringValue ?? ""
        state = Self.state(of: outcome)
        preview = Self.preview(observation?["value"] ?? observation, byteLimit: limit)
    }

    private static func state(of outcome: String) -> State {
        switch outcome {
        case "failed", "stuck", "budget_exhausted": .failed
        case "denied": .denied
        case "waiting": .waiting
        case "needs_person": .unsure
        default: .done
        }
    }

    private static func preview(_ value: JSONValue?, byteLimit: Int) -> LongText {
        guard let value, !value.isNull else { return LongText("", byteLimit: byteLimit) }
        return LongText(value.stringValue ?? value.serialized(.compact), byteLimit: byteLimit)
    }
}
