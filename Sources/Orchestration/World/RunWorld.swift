import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import WorkflowFormat

/// Everything that a run doesn't work out by itself: the record, the model, the tools, persons, the disk and the clock.
///
/// There are two: the real one, and a recorded one that gives what the journal has and looks at what the run wants to
/// write. The run is the same program in both, so that what it does and what can be checked of it never drift apart.
protocol RunWorld: Sendable {
    /// The model; nil where none is loaded.
    var model: ModelDescription? { get }

    /// The smaller model that readings may ask before; nil where there is none.
    var first: ModelDescription? { get }

    /// The time of the newest entry of the run, in nanoseconds since 1970: what the age of an answer is reckoned with.
    /// It comes from the record and not from the clock, so that a replay reckons with the same.
    var nowNanoseconds: Int64 { get }

    /// Replaces secrets and personal data in everything that comes in; a run adds what its workflow asks for.
    var redactor: Redactor { get }

    /// Tells whoever watches.
    func report(_ event: RunEvent)

    /// Writes entries, all of them or none, and returns them once they are durable.
    ///
    /// - Throws: ``IntentNotKept`` where they are written, and an effect that they announce must not be begun all the same.
    func append(_ drafts: [JournalEntryDraft], run: RunID) throws -> [JournalEntry]

    /// Whether the model may be asked ahead; no, where it can only be asked what it was asked next.
    var takesQuestionsAhead: Bool { get }
    /// Whether an answer is kept, so that the same question is not put to the model a second time.
    var remembersAnswers: Bool { get }

    /// The model's answer to a reading.
    func read(_ request: ReadRequest, grammar: Grammar) async throws -> ReadAnswer

    /// What the smaller model says to a reading.
    func readFirst(_ request: ReadRequest, grammar: Grammar) async throws -> FirstAnswer

    /// The model's plan.
    func plan(_ request: PlanRequest, sampling: SamplingOptions, tokenLimit: Int) async throws -> PlannedWork

    /// The model's next call, or the one that stands for none.
    func propose(
        _ conversation: Conversation, tools: [OfferedTool], grammar: Grammar, sampling: SamplingOptions,
        address: String, tokenLimit: Int, turnLimit: Int, declining: Declining?
    ) async throws -> Proposal

    /// Makes a call and says what came of it.
    func execute(_ warrant: consuming Warrant, as use: CallUse) async throws -> Labelled<Observation>

    /// A person's answer, or nil when nobody is there.
    func answer(to request: ApprovalRequest) async throws -> Approval?

    /// Writes a file of the run.
    func write(_ bytes: [UInt8], to path: String, at address: String) throws

    /// Where the arguments that are paths lead.
    func paths(of arguments: JSONObject, at address: String) -> [String: String]

    /// The same roots with links resolved.
    func resolved(_ roots: [String: [String]], at address: String) -> [String: [String]]

    /// Whether so much time is more than `limit`.
    func isSpent(_ time: Duration, of limit: Duration, at address: String) -> Bool

    /// What was measured since this was asked last, for the record's `measured` members.
    func takeMeasurements() -> JSONObject
}

/// Entries were written that announce an effect which can't be taken back, and no place outside the database took the
/// checkpoint that has to be there before it: the effect is not begun.
struct IntentNotKept: Error {
    /// One sentence.
    let sentence: String
    /// What stops the run.
    let cause: any Error
}

/// What a call is made for.
enum CallUse: Sendable {
    /// For good: its intent and its outcome are recorded.
    case recorded(effectID: String, isResumed: Bool, isInDoubt: Bool)
    /// For the files of a run that waits; it has no effect outside of the run and is made again when the run goes on.
    case provisional
    /// To fill the run's own tables again, which lie outside of the journal.
    case rebuilding
}
