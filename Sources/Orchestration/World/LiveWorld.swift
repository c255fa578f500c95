import ConstrainedDecoding
import Databases
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import SandboxExecution
import Synchronization
import ToolExecution
import WorkflowFormat

/// The real world of a run.
final class LiveWorld: RunWorld {
    let model: ModelDescription?
    let first: ModelDescription?
    private let services: RunServices
    private let executor: ToolExecutor
    private let changes: ChangeRecord
    private let outputDirectory: String
    private let priors = OptionPriors()
    private let firstPriors = OptionPriors()
    private let embeddings = TextEmbeddings()
    private let firstEmbeddings = TextEmbeddings()
    private let newest = Mutex<Int64>(0)
    private let sandboxUse: SandboxUse

    /// `run`: whose world it is.
    /// `outputDirectory`: where its files go.
    init(run: RunID, services: RunServices, registry: ToolRegistry, outputDirectory: String) throws {
        self.services = services
        self.outputDirectory = outputDirectory
        model = services.model?.summary
        first = services.first?.summary
        let use = SandboxUse()
        sandboxUse = use
        let tables = try Self.tables(of: run, in: services.stateDirectory)
        let changes = ChangeRecord(
            run: run, journal: services.journal, preimages: PreimageFolder(of: run, in: services.stateDirectory))
        self.changes = changes
        let report = services.report
        executor = ToolExecutor(
            registry: registry,
            environment: ToolEnvironment(
                run: run.description, started: run.created, outputDirectory: outputDirectory, tables: tables,
                recordsPath: services.stateDirectory + "/records.sqlite", tracker: services.tracker,
                sandbox: services.sandbox.observed { use.add($0) },
                draftedBy: Run.modelName(services.model, after: services.first),
                changes: changes,
                progress: { done, total in report(.toolProgress(done: done, total: total)) },
                faultPoint: { [journal = services.journal] place in journal.pass(place) }))
    }

    private static func tables(of run: RunID, in stateDirectory: String) throws(RunStartError) -> RunTables {
        let folder = stateDirectory + "/runs/" + run.description
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // The tables are filled again from the record; what a killed run left in them is of no use.
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: folder + "/tables.sqlite" + suffix)
            }
            return try RunTables(path: folder + "/tables.sqlite")
        } catch {
            throw RunStartError("Can't open the run's tables: \(error)", isStorage: true)
        }
    }

    var nowNanoseconds: Int64 { newest.withLock { $0 } }

    /// Notes the time of an entry that was written elsewhere.
    func begin(at nanoseconds: Int64) {
        newest.withLock { $0 = nanoseconds }
    }

    var redactor: Redactor { services.redactor }

    func report(_ event: RunEvent) { services.report(event) }

    func append(_ drafts: [JournalEntryDraft], run: RunID) throws -> [JournalEntry] {
        let entries: [JournalEntry]
        do {
            entries = try services.journal.append(drafts, run: run)
        } catch let error where error.operation == JournalError.keepingIntent {
            throw IntentNotKept(sentence: error.description, cause: error)
        }
        if let last = entries.last { begin(at: last.wallNanoseconds) }
        return entries
    }

    private func loaded(_ address: String) throws(Halt) -> any Model {
        guard let model = services.model else {
            throw Halt(.unavailable, "Can't take step `\(address)`: it needs a model and none is loaded.")
        }
        return model
    }

    var takesQuestionsAhead: Bool { model != nil }

    var remembersAnswers: Bool {
        services.memory != nil
            && [model, first].contains { $0.map { !$0.isRemote && $0.sha256 != nil } ?? false }
    }

    func read(_ request: ReadRequest, grammar: Grammar) async throws -> ReadAnswer {
        try await ReadPlanner(
            model: loaded(request.address), priors: priors, embeddings: embeddings, memory: services.memory
        ).answer(request, grammar: grammar)
    }

    func readFirst(_ request: ReadRequest, grammar: Grammar) async throws -> FirstAnswer {
        guard let model = services.first else {
            throw Halt(.unavailable, "Can't take step `\(request.address)`: the model it asks first isn't loaded.")
        }
        do {
            return .answered(
                try await ReadPlanner(
                    model: model, priors: firstPriors, embeddings: firstEmbeddings, memory: services.memory
                ).answer(request, grammar: grammar))
        } catch let error as PlanningError where Self.isNoAnswer(error.code) {
            return .failed(error.description, error.usage)
        } catch let error as ModelError {
            guard case .contextOverflow = error.code else { throw error }
            return .failed(error.description, TokenUsage())
        }
    }

    /// Whether a model could not answer, so that a larger one may; anything else is a fault.
    private static func isNoAnswer(_ code: PlanningError.Code) -> Bool {
        switch code {
        case .answerTooLong, .doesNotFit, .cannotMerge: true
        case .answerInvalid, .answerRefused, .untrustedPlan: false
        }
    }

    func plan(_ request: PlanRequest, sampling: SamplingOptions, tokenLimit: Int) async throws -> PlannedWork {
        try await Planner(model: loaded(request.address), sampling: sampling, memory: services.memory)
            .plan(request, tokenLimit: tokenLimit)
    }

    func propose(
        _ conversation: Conversation, tools: [OfferedTool], grammar: Grammar, sampling: SamplingOptions,
        address: String, tokenLimit: Int, turnLimit: Int, declining: Declining?
    ) async throws -> Proposal {
        try await Planner(model: loaded(address), sampling: sampling, memory: services.memory)
            .propose(
                conversation, tools: tools, grammar: grammar, address: address, tokenLimit: tokenLimit,
                turnLimit: turnLimit, declining: declining)
    }

    func execute(_ warrant: consuming Warrant, as use: CallUse) async throws -> Labelled<Observation> {
        switch use {
        case .recorded(let effectID, let isResumed, let isInDoubt):
            return try await executor.execute(
                warrant, effectID: effectID, isResumed: isResumed, isInDoubt: isInDoubt)
        case .provisional, .rebuilding:
            return try await executor.execute(warrant, effectID: "", isResumed: false)
        }
    }

    func answer(to request: ApprovalRequest) async throws -> Approval? {
        try await services.inbox.answer(to: request)
    }

    func write(_ bytes: [UInt8], to path: String, at address: String) throws {
        services.journal.pass("output.before")
        do {
            try OutputFolder(outputDirectory).write(bytes, to: path, at: address, keeping: changes)
        } catch {
            throw Halt(error.code == .io ? .ioFailure : .badData, error.description)
        }
        services.journal.pass("output.written")
    }

    func paths(of arguments: JSONObject, at address: String) -> [String: String] {
        PathResolution.resolve(arguments)
    }

    func resolved(_ roots: [String: [String]], at address: String) -> [String: [String]] {
        roots.mapValues { $0.map(PathResolution.realPath) }
    }

    func isSpent(_ time: Duration, of limit: Duration, at address: String) -> Bool { time >= limit }

    func takeMeasurements() -> JSONObject { sandboxUse.take() }
}
