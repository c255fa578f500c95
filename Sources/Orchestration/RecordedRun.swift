import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

/// What the journal already knows of a run, by step address: the only memory a resumed run has.
struct RecordedRun: Sendable {
    private var entries: [String: [JournalEntryKind: JournalEntry]] = [:]
    /// The calls each tool was allowed so far.
    private(set) var startedCalls: [String: Int] = [:]
    /// Where something was observed, in order; a call that was made twice is there twice.
    private(set) var observedAddresses: [String] = []
    /// How often a call at an address was begun, and how often something was observed of it.
    private var begun: [String: Int] = [:]
    private var observed: [String: Int] = [:]
    /// How often a call at an address was refused.
    private var refused: [String: Int] = [:]
    /// The place of the newest entry that ended the run; 0 before there is one.
    private var endedAt = 0
    /// The call that each answer was used for, by the answers' digests.
    private var spent: [String: String] = [:]
    /// The questions that were asked, by digest.
    private var questions: [String: ApprovalRequest] = [:]
    /// The newest answer to each question, by digest, and when each was last asked.
    private var answers: [String: JournalEntry] = [:]
    private var asked: [String: Int] = [:]
    /// The intent before the newest one, by address.
    private var earlierIntents: [String: JournalEntry] = [:]
    /// When something other than an unknown outcome was last asked, by address.
    private var askedPlainly: [String: Int] = [:]
    /// What persons vouched for, with the times of their answers.
    private var endorsements: [(endorsement: Endorsement, answeredNanoseconds: Int64)] = []

    init(_ journal: [JournalEntry]) {
        for entry in journal {
            record(entry)
        }
    }

    /// Takes a new entry in.
    mutating func record(_ entry: JournalEntry) {
        if entry.kind == .executionStarted, entries[entry.step]?[.executionStarted] == nil,
            let tool = entry.body["tool"]?.stringValue
        {
            startedCalls[tool, default: 0] += 1
        }
        if entry.kind == .executionStarted { earlierIntents[entry.step] = entries[entry.step]?[.executionStarted] }
        entries[entry.step, default: [:]][entry.kind] = entry
        switch entry.kind {
        case .executionStarted:
            begun[entry.step, default: 0] += 1
            if let digest = entry.body["approval"]?.stringValue, let call = entry.body["call"]?.stringValue,
                spent[digest] == nil
            {
                spent[digest] = call
            }
        case .observationRecorded:
            observed[entry.step, default: 0] += 1
            observedAddresses.append(entry.step)
            if let observation = Observation(fromJSON: entry.body["observation"] ?? .null),
                case .failed(let failure) = observation.outcome, failure.isRefusal
            {
                refused[entry.step, default: 0] += 1
            }
        case .approvalRequested:
            if let request = ApprovalRequest(fromJSON: entry.body) {
                questions[request.digest] = request
                asked[request.digest] = entry.sequence
                if !request.isAboutUnknownOutcome { askedPlainly[entry.step] = entry.sequence }
            }
        case .approvalRecorded: recordAnswer(entry)
        case .runFinished: endedAt = entry.sequence
        case .note:
            if let effect = entry.body[Run.notBegunMember]?.stringValue { takeBack(effect, at: entry.step) }
        default: break
        }
    }

    /// Takes the newest intent at an address for none, since its effect was not begun. What came before it counts again:
    /// an earlier attempt without an end is in doubt as before.
    private mutating func takeBack(_ effect: String, at address: String) {
        guard let intent = entries[address]?[.executionStarted], intent.body["effect"]?.stringValue == effect else {
            return
        }
        let earlier = earlierIntents.removeValue(forKey: address)
        entries[address]?[.executionStarted] = earlier
        begun[address, default: 1] -= 1
        if earlier == nil, let tool = intent.body["tool"]?.stringValue { startedCalls[tool, default: 1] -= 1 }
        if let digest = intent.body["approval"]?.stringValue, earlier?.body["approval"]?.stringValue != digest {
            spent[digest] = nil
        }
    }

    private mutating func recordAnswer(_ entry: JournalEntry) {
        if let digest = entry.body["digest"]?.stringValue { answers[digest] = entry }
        guard let approval = Approval(fromJSON: entry.body), let request = questions[approval.digest] else { return }
        endorsements.removeAll {
            // A second answer to the same question stands in place of the first.
            $0.endorsement.approval == approval.digest || $0.endorsement.isWithdrawn(by: approval, to: request)
        }
        endorsements += Endorsement.made(by: approval, to: request).map { ($0, entry.wallNanoseconds) }
    }

    /// The answer to the question with this digest, if it was given since the question was last asked.
    func answer(to digest: String, at address: String) -> RecordedAnswer? {
        guard let entry = answers[digest], entry.step == address, let approval = Approval(fromJSON: entry.body),
            // What became of a call is asked beside the answer by which the call was made, and doesn't end it.
            entry.sequence > max(asked[digest] ?? 0, askedPlainly[address] ?? 0)
        else { return nil }
        // One that was refused when it was to be used is no answer any more; the question is open again.
        if let refused = entries[address]?[.callDecided], refused.sequence > entry.sequence,
            refused.body["approval"]?.stringValue == digest
        {
            return nil
        }
        return RecordedAnswer(approval: approval, answeredNanoseconds: entry.wallNanoseconds, spentOn: spent[digest])
    }

    /// Whether the question with this digest is the one that waits at its address.
    func isAsked(_ digest: String, at address: String) -> Bool {
        guard let asked = entries[address]?[.approvalRequested] else { return false }
        return asked.body["digest"]?.stringValue == digest
            && asked.sequence > (entries[address]?[.approvalRecorded]?.sequence ?? 0)
    }

    /// The digest of the question that waits at an address.
    func openQuestion(at address: String) -> String? {
        guard let digest = entries[address]?[.approvalRequested]?.body["digest"]?.stringValue else { return nil }
        return isAsked(digest, at: address) ? digest : nil
    }

    /// Whether a person said what became of the call at an address, since that was last asked.
    func isOutcomeAnswered(at address: String) -> Bool {
        guard let digest = entries[address]?[.approvalRequested]?.body["digest"]?.stringValue,
            questions[digest]?.isAboutUnknownOutcome == true,
            // It was said of an attempt that came before, and not of one that was begun because of it.
            let answered = answers[digest],
            answered.sequence > (entries[address]?[.executionStarted]?.sequence ?? 0)
        else { return false }
        return answer(to: digest, at: address) != nil
    }

    /// Whether the record says already that the outcome of the newest attempt at an address is unknown.
    func isOutcomeNotedUnknown(at address: String) -> Bool {
        guard let noted = entries[address]?[.effectUnknown] else { return false }
        return noted.sequence > (entries[address]?[.executionStarted]?.sequence ?? 0)
    }

    /// Whether the newest attempt at an address was begun and nothing was observed of it.
    func hasUnendedAttempt(at address: String) -> Bool {
        guard let begun = entries[address]?[.executionStarted] else { return false }
        return begun.sequence > (entries[address]?[.observationRecorded]?.sequence ?? 0)
    }

    /// Whether a call at an address was begun, or may have been.
    func hasBegun(at address: String) -> Bool { (begun[address] ?? 0) > 0 }

    /// Where the newest attempt was begun and nothing was observed of it, the oldest first.
    var unendedAddresses: [String] {
        let begun = entries.keys.filter { hasUnendedAttempt(at: $0) }
        func sequence(_ address: String) -> Int { entries[address]?[.executionStarted]?.sequence ?? 0 }
        return begun.sorted { sequence($0) < sequence($1) }
    }

    /// When the newest attempt at an address was begun, as RFC 3339.
    func begunAt(_ address: String) -> String? { entries[address]?[.executionStarted]?.timestamp }

    /// The number of the attempt at a call that comes next.
    ///
    /// An attempt ends with an observation. One without counts too where nobody can tell what became of it; any other
    /// is gone on with.
    func attempt(at address: String, isOpaque: Bool) -> Int {
        let ended = observed[address] ?? 0
        return 1 + (isOpaque ? max(ended, begun[address] ?? 0) : ended)
    }

    /// Whether what was observed at an address was observed after the run last came to its end.
    func isObservedSinceEnd(at address: String) -> Bool {
        (entries[address]?[.observationRecorded]?.sequence ?? 0) > endedAt
    }

    /// Whether the call at an address was tried once more after it was refused, and refused again.
    func isRefusedForGood(at address: String) -> Bool {
        (refused[address] ?? 0) >= 2
    }

    /// What persons vouched for and still counts.
    func endorsements(where isCurrent: (Int64) -> Bool) -> [Endorsement] {
        endorsements.filter { isCurrent($0.answeredNanoseconds) }.map(\.endorsement)
    }

    /// The newest entry of `kind` at `address`.
    func body(_ kind: JournalEntryKind, at address: String) -> JSONValue? {
        entries[address]?[kind]?.facts
    }

    /// The recorded result of the step at `address`.
    func result(at address: String) -> StepResult? {
        guard let body = body(.stepFinished, at: address) else { return nil }
        return StepResult(body["result"] ?? .null, label: Label(recorded: body["label"] ?? .null))
    }
}
