import ConstrainedDecoding
import Foundation
import JSONSchemas
public import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import Redaction
public import RunJournal
import ToolExecution
import WorkflowFormat

/// One execution of a workflow: takes the steps in order, records each, and can be resumed at any point.
///
/// Everything a step needs is read from the journal, so a resumed run and an unbroken one see the same.
public actor Run {
    /// The run's identifier.
    public nonisolated let id: RunID
    let configuration: RunConfiguration
    let services: any RunWorld
    /// Replaces what this run replaces, in all that comes in.
    let redactor: Redactor
    /// Replaces what every run does, in the texts of the workflow.
    let floor: Redactor
    let policy: Policy
    let outputDirectory: String
    let inputs: [String: StepResult]
    var recorded: RecordedRun
    var meter: BudgetMeter
    /// Where the time goes.
    var times = RoomTimes()
    /// Addresses of questions nobody has answered yet.
    var waiting: [String] = []
    /// Sentences of calls the policy refused.
    var denials: [String] = []
    /// Sentences of calls that a service gave no usable answer to.
    var postponed: [String] = []
    /// Sentences of effects that were refused, each with its step.
    var refusals: [String] = []
    /// Whether one of them is tried once more when the run is resumed.
    var hasOpenRefusals = false
    /// How many steps were not taken because what they hang on isn't settled.
    var leftOutCount = 0
    /// Set once a table of the run was filled with provisional values.
    var tablesAreProvisional = false
    /// What was written to each table of the run.
    var tableLabels: [String: Label] = [:]
    var grammars: [GrammarKey: Grammar] = [:]
    /// The grammars of agents' turns, by what was on offer.
    var turnGrammars: [[OfferedTool]: Grammar] = [:]
    /// Whether it was said that the model can't weigh whether to call.
    var hasNotedUnweighed = false
    /// The trusted texts made ready for finding values in them, by the goal among them.
    var tasks: [String: TypedMatch] = [:]
    /// Where the loops that ask ahead are, by address.
    var lookaheads: [String: Lookahead] = [:]
    /// What was asked before its turn, by address.
    var foreseen: [String: ForeseenAnswer] = [:]
    /// Questions that the model is being asked, each with those who wait to ask the same.
    var beingAsked: [QuestionMatter: [CheckedContinuation<Void, Never>]] = [:]
    /// What the recorded lookups vouch for, and how many of them have been looked at.
    var ledger = (handles: HandleLedger(), count: 0)

    init(
        id: RunID, configuration: RunConfiguration, services: any RunWorld, policy: Policy, outputDirectory: String,
        inputs: [String: StepResult], recorded: RecordedRun
    ) {
        self.id = id
        // Of other weights a temperature says nothing: a run may go on with another model than it began with.
        self.configuration = configuration.with(
            calibration: configuration.calibration?.made(with: services.model.map { Run.calibrationKey(of: $0) }),
            first: configuration.firstCalibration?.made(with: services.first.map { Run.calibrationKey(of: $0) }))
        redactor = services.redactor.requesting(configuration.workflow)
        floor = services.redactor.floor
        self.services = services
        self.policy = policy
        self.outputDirectory = outputDirectory
        self.inputs = inputs
        self.recorded = recorded
        meter = BudgetMeter(configuration.workflow.budget)
    }

    /// Takes all steps that are not recorded yet, writes the outputs and says how it went.
    ///
    /// - Throws: `JournalError` when the record cannot be kept. Everything else ends in the verdict.
    public func execute() async throws -> RunVerdict {
        let verdict: RunVerdict
        do {
            var scope = Scope(inputs: inputs, run: runFields)
            try await perform(configuration.workflow.steps, in: &scope)
            try writeOutputs(in: scope)
            verdict = try finalVerdict()
        } catch let halt as Halt {
            verdict = makeVerdict(halt.outcome, halt.reason)
        } catch let error as JournalError {
            throw error
        } catch let stop as ReplayStop {
            throw stop
        } catch is CancellationError {
            verdict = makeVerdict(.cancelled, "Cancelled; `warrant resume \(id)` goes on.")
        } catch {
            verdict = Self.verdict(of: error).map { makeVerdict($0.0, $0.1) } ?? makeVerdict(.failed, "\(error)")
        }
        try close(verdict)
        return verdict
    }

    private var runFields: JSONObject {
        [
            "id": .string(id.description), "directory": .string(outputDirectory),
            "workflow": .string(configuration.workflow.name),
            "model": .string(Self.modelName(services.model?.name, after: services.first?.name)),
        ]
    }

    /// The model as reports name it: a script's place on this machine says nothing to their readers.
    ///
    /// `first`: the smaller one that readings ask before it, if any.
    public static func modelName(_ model: (any Model)?, after first: (any Model)? = nil) -> String {
        modelName(model?.summary.name, after: first?.summary.name)
    }

    private static func modelName(_ name: String?, after first: String?) -> String {
        guard let name else { return "none" }
        if let first { return "\(modelName(name, after: nil)) (\(modelName(first, after: nil)) first)" }
        return name.hasPrefix("scripted") ? "scripted" : name
    }

    private func finalVerdict() throws -> RunVerdict {
        if let sentence = postponed.first {
            let count = postponed.count
            return makeVerdict(
                .tryAgain, "\(sentence) \(count) call\(count == 1 ? " is" : "s are") left for `warrant resume \(id)`.")
        }
        if !waiting.isEmpty {
            let questions = "\(waiting.count) question\(waiting.count == 1 ? "" : "s") for a person."
            return makeVerdict(.parked, ([questions] + refusals.prefix(1)).joined(separator: " "))
        }
        let forgotten = try noteForgotten()
        func reason(_ sentence: String) -> String { forgotten.map { "\(sentence) \($0)" } ?? sentence }
        if let sentence = refusals.first {
            return makeVerdict(.failed, reason("\(sentence) \(refusalSummary)"))
        }
        if let denial = denials.first {
            return makeVerdict(.denied, reason(denial))
        }
        return makeVerdict(.done, forgotten)
    }

    /// How many calls were refused, what was left because of them, and what comes next.
    private var refusalSummary: String {
        let refused = "\(refusals.count) call\(refusals.count == 1 ? " was" : "s were") refused"
        guard hasOpenRefusals else { return refused + ", the rest is done." }
        let object = refusals.count == 1 ? "it" : "them"
        let rest: String =
            switch leftOutCount {
            case 0: "the rest is done"
            case 1: "1 later step hangs on \(object) and was left"
            default: "\(leftOutCount) later steps hang on \(object) and were left"
            }
        return "\(refused), \(rest); `warrant resume \(id)` tries once more, and then goes on without what is refused "
            + "again."
    }

    private func makeVerdict(_ outcome: RunVerdict.Outcome, _ reason: String?) -> RunVerdict {
        RunVerdict(
            run: id, outcome: outcome, reason: reason.map { redactor.redact($0) }, outputDirectory: outputDirectory,
            waiting: waiting)
    }

    private func close(_ verdict: RunVerdict) throws {
        let kind: JournalEntryKind =
            switch verdict.outcome {
            case .parked, .cancelled, .tryAgain: .runParked
            default: .runFinished
            }
        try record(kind, at: "", verdict.json)
    }

    private static func verdict(of error: any Error) -> (RunVerdict.Outcome, String)? {
        switch error {
        case let error as ModelError:
            switch error.code {
            case .missingWeights, .corruptWeights, .loadFailed, .unknownModel, .badServer:
                (.unavailable, error.description)
            case .serverUnavailable: (.tryAgain, error.description)
            case .contextOverflow, .badScript, .scriptEnded, .scriptDisagrees: (.badData, error.description)
            case .cancelled: (.cancelled, error.description)
            default: (.failed, error.description)
            }
        case let error as PlanningError:
            (error.code == .answerTooLong ? .budgetExhausted : .badData, error.description)
        case let error as ToolError:
            (error.code == .sandboxUnavailable ? .unavailable : .failed, error.description)
        default: nil
        }
    }

    /// Writes one entry and takes it into the run's own view of the record.
    func record(_ kind: JournalEntryKind, at address: String, _ body: JSONValue) throws {
        try record([JournalEntryDraft(kind, step: address, body: body)])
    }

    /// Writes several entries in one transaction.
    func record(_ drafts: [JournalEntryDraft]) throws {
        var drafts = drafts
        times.write(into: &drafts) { services.takeMeasurements() }
        let started = ContinuousClock.now
        for entry in try services.append(drafts, run: id) {
            recorded.record(entry)
        }
        times.add(.journal, since: started)
    }
}
