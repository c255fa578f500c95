import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import Synchronization
import ToolExecution
import WorkflowFormat

/// The world as the record of one stretch of a run has it: no model, no tool, no person, no disk, no clock.
///
/// The run is played in it as it was played then. What it asks is answered with the next entry of the record, if that is
/// what it asked for; what it writes has to be the next entry, to the byte.
final class RecordedWorld: RunWorld {
    private struct State {
        var position = 0
        var now: Int64
        var gaps: [Int] = []
        /// The bodies of entries that are gone, as they came out.
        var filled: [Int: JSONValue] = [:]
    }

    let model: ModelDescription?
    let first: ModelDescription?
    let redactor: Redactor
    private let floor: Redactor
    private let tape: [JournalEntry]
    private let gaps: Set<Int>
    private let places: RecordedPlaces
    private let registry: ToolRegistry
    private let base: String
    private let state: Mutex<State>

    /// `tape`: what the run wrote.
    /// `gaps`: the entries whose bodies are gone.
    /// `redactor`: what the run replaced. What the record has was redacted when it came in, so that it finds something
    /// only in the texts of the workflow.
    /// `base`: where relative paths of the command began.
    init(
        tape: [JournalEntry], gaps: Set<Int>, places: RecordedPlaces, model: ModelDescription?,
        first: ModelDescription?, redactor: Redactor, registry: ToolRegistry, base: String, startedAt nanoseconds: Int64
    ) {
        self.redactor = redactor
        floor = redactor.floor
        self.tape = tape
        self.gaps = gaps
        self.places = places
        self.model = model
        self.first = first
        self.registry = registry
        self.base = base
        state = Mutex(State(now: nanoseconds))
    }

    // MARK: What the run was

    /// How many entries were compared.
    var comparedCount: Int { state.withLock { $0.position - $0.gaps.count } }

    /// The entries that came and went without a look, since their bodies are gone.
    var passedGaps: [Int] { state.withLock { $0.gaps } }

    /// The bodies that came out for them.
    var filledBodies: [Int: JSONValue] { state.withLock { $0.filled } }

    /// What the record has and the run didn't come to; nil where the run is through.
    var next: JournalEntry? { entry(ahead: 0) }

    private func entry(ahead offset: Int) -> JournalEntry? {
        let index = state.withLock { $0.position } + offset
        return tape.indices.contains(index) ? tape[index] : nil
    }

    private var position: Int { (next?.sequence ?? (tape.last?.sequence ?? 0) + 1) - 1 }

    // MARK: What the run writes

    func append(_ drafts: [JournalEntryDraft], run: RunID) throws -> [JournalEntry] {
        var written: [JournalEntry] = []
        for (offset, draft) in drafts.enumerated() {
            guard let entry = entry(ahead: offset) else {
                // What is written in one transaction is there as a whole or not at all.
                guard let last = written.last else { throw ReplayStop.recordEnds }
                throw ReplayStop.difference(
                    RunDifference(last, instead: "what was written together with it is gone"))
            }
            if offset == 0 { try checkInterrupted(entry, before: draft) }
            written.append(try compared(draft.guarded(by: floor), with: entry))
        }
        state.withLock { state in
            state.position += written.count
            state.now = written.last?.wallNanoseconds ?? state.now
        }
        try checkKept(written)
        return written
    }

    /// Whether a checkpoint could be kept outside the database only the record knows; where not, the run stopped there.
    private func checkKept(_ written: [JournalEntry]) throws {
        guard let intent = written.last, intent.kind == .executionStarted, let note = next, note.kind == .note,
            note.step == intent.step, note.body[Run.notBegunMember] == intent.body["effect"]
        else { return }
        throw IntentNotKept(
            sentence: note.body["sentence"]?.stringValue ?? "", cause: ReplayStop.recordEnds)
    }

    /// A person's Ctrl-C comes between any two entries.
    private func checkInterrupted(_ entry: JournalEntry, before draft: JournalEntryDraft) throws {
        guard Self.isEnd(entry.kind), !Self.isEnd(draft.kind), Self.outcome(of: entry) == .cancelled else { return }
        throw Halt(.cancelled, entry.body["reason"]?.stringValue ?? "")
    }

    private func compared(_ draft: JournalEntryDraft, with entry: JournalEntry) throws -> JournalEntry {
        guard draft.kind == entry.kind, draft.step == entry.step else {
            let place = draft.step.isEmpty ? "" : " at step `\(draft.step)`"
            throw ReplayStop.difference(
                RunDifference(entry, instead: "here comes out \(draft.kind.rawValue)\(place)"))
        }
        if gaps.contains(entry.sequence) {
            state.withLock {
                $0.gaps.append(entry.sequence)
                $0.filled[entry.sequence] = draft.body
            }
            return entry.with(body: draft.body)
        }
        let facts = Self.facts(draft.body, comparedWith: entry)
        if let difference = RunDifference(entry, facts: entry.facts, comesOutAs: facts) {
            throw ReplayStop.difference(difference)
        }
        return entry
    }

    private static func facts(_ body: JSONValue, comparedWith entry: JournalEntry) -> JSONValue {
        guard var members = JournalEntry.facts(of: body).objectValue else { return body }
        if entry.kind == .valueProduced, entry.body[Prompt.segmentsMember] == nil {
            members.removeValue(forKey: Prompt.segmentsMember)
        }
        // A run that was stopped between two entries may not have come to a question that it had asked before.
        if isEnd(entry.kind), outcome(of: entry) == .cancelled,
            let recorded = entry.body["waiting"]?.arrayValue, let waiting = members["waiting"]?.arrayValue,
            waiting.starts(with: recorded)
        {
            members["waiting"] = .array(recorded)
        }
        return .object(members)
    }

    func takeMeasurements() -> JSONObject { [:] }

    func report(_ event: RunEvent) {}

    var nowNanoseconds: Int64 { state.withLock { $0.now } }

    // MARK: What the run asks

    /// The next entry, which has to be of this kind and step.
    ///
    /// - Throws: `Halt` where the record says that the run ended instead of getting an answer: that is nothing a replay
    ///   could work out. ``ReplayStop`` where the record ends, or something else happened.
    private func expect(_ kind: JournalEntryKind, at address: String, what: String) throws -> JournalEntry {
        guard let entry = next else { throw ReplayStop.recordEnds }
        if entry.kind == kind, entry.step == address {
            guard !gaps.contains(entry.sequence) else { throw ReplayStop.missing(entry.sequence) }
            return entry
        }
        try checkFailed(entry)
        throw ReplayStop.difference(RunDifference(entry, instead: "here the run \(what) at step `\(address)`"))
    }

    private func checkFailed(_ entry: JournalEntry) throws {
        guard Self.isEnd(entry.kind), let outcome = Self.outcome(of: entry), Self.failures.contains(outcome) else {
            return
        }
        throw Halt(outcome, entry.body["reason"]?.stringValue ?? "")
    }

    /// How a run may end because of what it asked: the weights or their server, a service, the sandbox, the disk, or Ctrl-C.
    private static let failures: Set<RunVerdict.Outcome> = [
        .failed, .badData, .ioFailure, .unavailable, .cancelled, .budgetExhausted, .tryAgain,
    ]

    private static func isEnd(_ kind: JournalEntryKind) -> Bool { kind == .runParked || kind == .runFinished }

    private static func outcome(of entry: JournalEntry) -> RunVerdict.Outcome? {
        entry.body["outcome"]?.stringValue.flatMap(RunVerdict.Outcome.init(rawValue:))
    }

    /// What `body` does, with an error of it as a difference at `entry`.
    private func fitting<Value>(_ entry: JournalEntry, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let stop as ReplayStop {
            throw stop
        } catch {
            var reason = "\(error)"
            if reason.hasSuffix(".") { reason.removeLast() }
            throw ReplayStop.difference(RunDifference(entry, instead: reason))
        }
    }

    private func dialect(_ entry: JournalEntry) throws -> ChatDialect { try dialect(of: model, entry) }

    private func dialect(of model: ModelDescription?, _ entry: JournalEntry) throws -> ChatDialect {
        guard let model else {
            throw ReplayStop.difference(RunDifference(entry, instead: "no model was loaded"))
        }
        return model.dialect
    }

    var takesQuestionsAhead: Bool { false }

    var remembersAnswers: Bool { false }

    func read(_ request: ReadRequest, grammar: Grammar) async throws -> ReadAnswer {
        let (entry, chunks) = try reading(for: request)
        return try fitting(entry) {
            try Self.reading(entry.body, confidence: entry.body["result"]?["confidence"], chunks: chunks)
                .answer(to: request, dialect: dialect(entry))
        }
    }

    /// What the smaller model said stands in the entry of the answer that counts; where nothing stands, that was its own.
    func readFirst(_ request: ReadRequest, grammar: Grammar) async throws -> FirstAnswer {
        let (entry, chunks) = try reading(for: request)
        return try fitting(entry) {
            let spoken = try dialect(of: first, entry)
            guard let said = entry.body[OutdoneAnswer.member] else {
                return .answered(
                    try Self.reading(entry.body, confidence: entry.body["result"]?["confidence"], chunks: chunks)
                        .answer(to: request, dialect: spoken))
            }
            if let sentence = said["failed"]?.stringValue {
                return .failed(sentence, TokenUsage(json: said["usage"]))
            }
            let pieces = (said["chunks"]?.arrayValue ?? []).compactMap(\.stringValue)
            return .answered(
                try Self.reading(said, confidence: said["confidence"], chunks: pieces)
                    .answer(to: request, dialect: spoken))
        }
    }

    /// What a model said, from the members of `body`.
    private static func reading(_ body: JSONValue, confidence: JSONValue?, chunks: [String]) -> RecordedReading {
        RecordedReading(
            written: body["written"] ?? .null, confidence: numbers(confidence), usage: TokenUsage(json: body["usage"]),
            shares: (body["weighed"]?.arrayValue ?? []).compactMap { $0["share"]?.doubleValue }, chunks: chunks,
            isRedacted: body["redacted"] != nil, answerer: Answerer(json: body[Answerer.member]),
            fieldShares: ChoiceShares.all(in: body[ChoiceShares.member]))
    }

    /// The entry of the answer to a reading, and the pieces that were read.
    private func reading(for request: ReadRequest) throws -> (entry: JournalEntry, chunks: [String]) {
        var chunks: [String] = []
        var entry: JournalEntry
        if let built = next, built.kind == .promptBuilt, built.step == request.address {
            chunks = (built.body["chunks"]?.arrayValue ?? []).compactMap(\.stringValue)
            guard let following = self.entry(ahead: 1), following.kind == .stepFinished,
                following.step == request.address
            else {
                throw ReplayStop.difference(RunDifference(built, instead: "what was written together with it is gone"))
            }
            entry = following
            guard !gaps.contains(entry.sequence) else { throw ReplayStop.missing(entry.sequence) }
        } else {
            entry = try expect(.promptBuilt, at: request.address, what: "asks the model")
        }
        return (entry, chunks)
    }

    func plan(_ request: PlanRequest, sampling: SamplingOptions, tokenLimit: Int) async throws -> PlannedWork {
        let entry = try expect(.valueProduced, at: request.address, what: "asks the model for a plan")
        return try fitting(entry) {
            try RecordedTurn.plan(
                written: entry.body["written"] ?? .null, usage: TokenUsage(json: entry.body["usage"]),
                isRedacted: entry.body["redacted"] != nil, answerer: Answerer(json: entry.body[Answerer.member]),
                for: request, dialect: dialect(entry))
        }
    }

    func propose(
        _ conversation: Conversation, tools: [OfferedTool], grammar: Grammar, sampling: SamplingOptions,
        address: String, tokenLimit: Int, turnLimit: Int, declining: Declining?
    ) async throws -> Proposal {
        try checkEndless(at: address)
        let entry = try expect(.valueProduced, at: address, what: "asks the model for a call")
        return try fitting(entry) {
            try RecordedTurn(
                text: entry.body["text"]?.stringValue ?? "", confidence: Self.numbers(entry.body["confidence"]),
                usage: TokenUsage(json: entry.body["usage"]), isRedacted: entry.body["redacted"] != nil,
                answerer: Answerer(json: entry.body[Answerer.member]), fit: CallFit(json: entry.body[CallFit.member]),
                leftOut: Proposal.leftOut(recorded: entry.body)
            ).proposal(
                in: conversation, tools: tools, grammar: grammar, dialect: dialect(entry), address: address,
                declining: declining)
        }
    }

    /// An item of a loop that ends where a turn of it should come has ended with an answer that did not end: that answer is
    /// not on record, since nothing can be made of it, but what it cost is.
    private func checkEndless(at address: String) throws {
        guard let entry = next, entry.kind == .stepFinished, "\(entry.step)#" == address.prefix(entry.step.count + 1),
            entry.body["result"]?["outcome"]?.stringValue == AgentToolset.Ending.stuck.outcome
        else { return }
        throw PlanningError(.answerTooLong, "The answer did not end.")
            .adding(TokenUsage(json: entry.body[EntryMember.unended]))
    }

    private static func numbers(_ value: JSONValue?) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (pointer, number) in value?.objectValue ?? [:] { numbers[pointer] = number.doubleValue }
        return numbers
    }

    func execute(_ warrant: consuming Warrant, as use: CallUse) async throws -> Labelled<Observation> {
        let address = warrant.address
        let spent = SpentCall(warrant, registry: registry)
        let entry: JournalEntry
        switch use {
        // The run's tables are not needed: what was read from them is on record too.
        case .rebuilding: return spent.labelled(Observation(.succeeded(.null)))
        case .provisional:
            entry = try expect(.provisionalObserved, at: address, what: "makes a call for its files")
            if let sentence = entry.body["unavailable"]?.stringValue { throw ToolError(.unavailable, sentence) }
        case .recorded:
            entry = try outcome(at: address)
            if entry.kind == .note { throw ToolError(.unavailable, entry.body["sentence"]?.stringValue ?? "") }
        }
        guard let observation = entry.body["observation"].flatMap(Observation.init(fromJSON:)) else {
            throw ReplayStop.difference(RunDifference(entry, instead: "it holds no observation"))
        }
        return spent.labelled(observation)
    }

    /// What became of a call: its observation, or the note that it was left for a resumed run. What else the run writes
    /// about the step in between doesn't change that.
    private func outcome(at address: String) throws -> JournalEntry {
        var offset = 0
        while let entry = entry(ahead: offset), entry.step == address {
            let isLeft = entry.kind == .note && entry.body[Run.postponedMember]?.boolValue == true
            if isLeft { return entry }
            if entry.kind == .observationRecorded {
                guard !gaps.contains(entry.sequence) else { throw ReplayStop.missing(entry.sequence) }
                return entry
            }
            offset += 1
        }
        return try expect(.observationRecorded, at: address, what: "makes a call")
    }

    func answer(to request: ApprovalRequest) async throws -> Approval? {
        guard let entry = next, entry.kind == .approvalRecorded, entry.step == request.address,
            let approval = Approval(fromJSON: entry.body), approval.digest == request.digest
        else { return nil }
        return approval
    }

    func write(_ bytes: [UInt8], to path: String, at address: String) throws {
        if let entry = next { try checkFailed(entry) }
    }

    // MARK: What the run looks up

    func paths(of arguments: JSONObject, at address: String) -> [String: String] {
        let sequence = position
        return PathResolution.resolve(arguments) { text in
            places.path(text, at: address, after: sequence) ?? PathResolution.plainPath(text, in: base)
        }
    }

    func resolved(_ roots: [String: [String]], at address: String) -> [String: [String]] {
        let known = places.roots(at: address, after: position)
        var result: [String: [String]] = [:]
        for (rule, list) in roots {
            result[rule] = known[rule] ?? list.map { PathResolution.plainPath($0, in: base) }
        }
        return result
    }

    func isSpent(_ time: Duration, of limit: Duration, at address: String) -> Bool {
        guard let entry = next, Self.isEnd(entry.kind), Self.outcome(of: entry) == .budgetExhausted else {
            return false
        }
        return entry.body["reason"]?.stringValue == BudgetMeter.wallSentence(limit, at: address)
    }
}
