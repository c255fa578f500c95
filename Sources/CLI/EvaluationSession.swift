import Evaluation
import Foundation
import JSONSchemas
import ModelRuntime
import Orchestration
import RunJournal
import SandboxExecution
import ToolExecution
import WorkflowFormat

/// Takes the runs of an evaluation.
struct EvaluationSession {
    /// The entries of which the newest says whether a run is at its end.
    private static let endings: Set<JournalEntryKind> = [.runFinished, .runParked, .runResumed, .runCancelled]

    let suite: Suite
    let directory: String
    let workflowPath: String?
    let isRemembering: Bool
    /// Whether temperatures are fitted and written beside the workflow.
    let isCalibrating: Bool
    let isJSON: Bool

    /// Evaluates with one model; the workflow's own where `name` is nil.
    func result(model name: String?, directory: String) async throws -> EvaluationResult {
        let surroundings = try Surroundings()
        let registry = try surroundings.registry()
        let operatorPolicy = try surroundings.operatorPolicy(registry)
        let definition = suite.definition
        let path =
            workflowPath
            ?? Surroundings.absolute(
                definition.workflow.hasPrefix("/")
                    ? definition.workflow : definition.directory + "/" + definition.workflow)
        let workflow = try Workflow.load(path: path, tools: registry.definitions)
        try WorkflowCheck.policyTests(workflow, registry: registry)
        // Before any run, so that nobody waits hours to hear that it can't be read.
        if isCalibrating { _ = try Self.known(beside: workflow) }
        let session = try await RunSession(
            surroundings: surroundings, workflow: workflow, model: name ?? workflow.model.use,
            isOperators: name != nil, json: isJSON, isUnattended: true, isFresh: !isRemembering,
            withoutFirst: name != nil
                ? "`--model` names the one that is asked"
                : isCalibrating ? "a calibration is of one model; `--model` names another" : nil)
        // What is fitted hangs on nothing that was fitted before.
        var fitting: (own: Calibration?, first: Calibration?) = (own: nil, first: nil)
        if !isCalibrating {
            fitting = CalibrationChoice.fitting(workflow, session.services, model: session.modelName)
        }
        let (calibration, firstCalibration) = fitting
        var subject: JSONObject = [
            "workflow": .string(workflow.file), "version": .string(Run.fingerprint(workflow)),
            "model": .string(Run.modelName(session.services.model, after: session.services.first)),
            "weights": .string(Self.weights(session)),
            "remembered": .string(isRemembering ? "yes" : "no"),
            "operator_policy": .string(operatorPolicy?.sha256 ?? "none"),
        ]
        if let calibration { subject[Calibration.member] = calibration.json }
        if let first = session.services.first {
            subject[Run.firstMember] = .string(Run.calibrationKey(of: first.summary))
        }
        if let firstCalibration { subject[Run.firstCalibrationMember] = firstCalibration.json }
        let evaluator = Evaluator(
            suite, directory: directory, subject: .object(subject),
            defaults: Self.defaults(workflow, given: definition.inputs.map(\.name)))
        let perform = { (batch: Evaluator.Batch, began: (String) throws -> Void) async throws -> Evaluator.Outcome in
            let answers = batch.output + "/" + definition.output
            if let ended = try Self.ended(batch, answers: answers, journal: session.services.journal) { return ended }
            if !isJSON, batch.count > 1 { Output.message("batch \(batch.index + 1) of \(batch.count)") }
            let configuration = RunConfiguration(
                workflow: workflow, inputs: batch.inputs, outputDirectory: batch.output,
                modelName: session.modelName, isDryRun: false, registry: registry, operatorPolicy: operatorPolicy,
                calibration: calibration, isModelOperators: name != nil, firstCalibration: firstCalibration)
            let run = try Self.run(
                batch, configuration, session: session, currentDirectory: definition.directory, began: began)
            // A run that is gone on with writes its answers anew; with old ones, one that fails would pass for finished.
            try? FileManager.default.removeItem(atPath: answers)
            let verdict = try await session.takeQuietly(run)
            // From the record, so that what was spent before a stop counts too.
            let cost = Cost(
                entries: try session.services.journal.entries(of: run.id), questions: verdict.waiting.count)
            return Evaluator.Outcome(exit: Int(verdict.exitCode), cost: cost, reason: verdict.reason)
        }
        // Before the runs, which take long: a file that is changed meanwhile isn't the one that was used.
        let sources = suite.sources
        var result = try await evaluator.run(perform) { argv, input in
            try await score(argv, input: input)
        }
        result.weighed = WeighedField.all(in: suite, try Self.readings(result.runs, session.services.journal))
        // Before anything is fitted: the file beside the workflow is then another one than the runs had.
        result.conditions = EvaluationManifest.conditions(
            suite, sources, workflow, model: session.services.model?.summary, subject: subject, runs: result.runs)
        if isCalibrating { try calibrate(&result, workflow, model: session.services.model?.summary) }
        return result
    }

    /// The finished steps of runs, with what they recorded.
    private static func readings(
        _ runs: [TakenRun], _ journal: Journal
    ) throws -> [(run: TakenRun, entries: [(step: String, body: JSONValue)])] {
        try runs.map { run in
            let id = try journal.run(matching: run.run).id
            return (run, try journal.entries(of: id, kinds: [.stepFinished]).map { ($0.step, $0.body) })
        }
    }

    /// Fits a temperature for each weighed field and writes them beside the workflow. Fields that know too few right answers
    /// are left as they are, as long as one has enough.
    private func calibrate(_ result: inout EvaluationResult, _ workflow: Workflow, model: ModelDescription?) throws {
        guard let model, !result.weighed.isEmpty else {
            throw SuiteError(
                "Can't calibrate suite `\(result.suite)`: no run weighed a field that an `exact` score of its name knows the "
                    + "right value of. `min_confidence` names the fields that are weighed, and the items of a loop are told "
                    + "by their `id`.")
        }
        var failure: SuiteError?
        for field in result.weighed {
            do throws(SuiteError) {
                result.calibrated.append(try FieldCalibration(field))
            } catch {
                Output.message(Terminal.visible(error.description))
                failure = error
            }
        }
        if result.calibrated.isEmpty, let failure { throw failure }
        let prompts = Run.promptDigests(of: workflow)
        let fitted = Calibration(
            result.calibrated.compactMap {
                $0.entry(weights: Run.calibrationKey(of: model), prompts: prompts, suite: result.suite)
            })
        try Self.known(beside: workflow).updated(with: fitted).save(directory: workflow.directory)
        Output.message("wrote \(Calibration.path(in: workflow.directory))")
    }

    /// What was fitted before; what can't be read is not written over.
    private static func known(beside workflow: Workflow) throws(SuiteError) -> Calibration {
        do throws(CalibrationError) {
            return try Calibration.load(directory: workflow.directory) ?? Calibration([])
        } catch {
            throw SuiteError("\(error.description) Mend it or take it away: it would be written over.")
        }
    }

    /// Runs a suite's own scorer in the sandbox, the suite's folder and the folder of its data to be read there.
    private func score(_ template: [String], input: String) async throws -> String {
        let argv = template.map { $0.replacing("${data}", with: suite.dataDirectory) }
        let name = argv.joined(separator: " ")
        let outcome = try await SandboxExecutor().run(
            SandboxCommand(argv: argv, standardInput: Array(input.utf8)),
            profile: SandboxProfile(
                name: "scorer", workingDirectory: suite.definition.directory, readOnlyPaths: [suite.dataDirectory]))
        guard outcome.termination == .exited(0), !outcome.outputTruncated else {
            let said = String(decoding: outcome.standardError.suffix(300), as: UTF8.self)
            throw SuiteError("Can't score with `\(name)`: it ended with \(outcome). \(said)")
        }
        return String(decoding: outcome.standardOutput, as: UTF8.self)
    }

    /// What tells a model from another of the same name: the digest of its weights or its script, else where they lie and
    /// since when.
    private static func weights(_ session: RunSession) -> String {
        guard let model = session.services.model else { return "none" }
        if let digest = model.summary.sha256 { return digest }
        let name = session.modelName
        if model.summary.isRemote { return name }
        if name.hasPrefix("scripted:"),
            let digest = ContentDigest.hex(ofFileAt: String(name.dropFirst("scripted:".count)))
        {
            return digest
        }
        let path = URL(filePath: Surroundings.absolute(name)).resolvingSymlinksInPath().path(percentEncoded: false)
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let date = attributes[.modificationDate] as? Date, let size = attributes[.size] as? Int
        else { return name }
        return "\(path), \(size) bytes of \(date.formatted(.iso8601))"
    }

    /// The inputs that the suite leaves to the workflow; their files lie below its folder.
    private static func defaults(_ workflow: Workflow, given names: [String]) -> [String: String] {
        var defaults: [String: String] = [:]
        for input in workflow.inputs where !names.contains(input.name) {
            // The sample's own default is dropped where the sample is.
            if let lead = input.sampleOf, names.contains(lead) { continue }
            guard let text = input.defaultValue, !text.isEmpty else { continue }
            let isPath = input.type == .file || input.type == .folder || input.type == .lines
            defaults[input.name] = isPath && !text.hasPrefix("/") ? workflow.directory + "/" + text : text
        }
        return defaults
    }

    /// How the batch's run ended, where it did and the evaluation was stopped before it could note that.
    ///
    /// `answers`: the path of its file of answers. A run with refused calls that ended without them is gone on with.
    private static func ended(
        _ batch: Evaluator.Batch, answers: String, journal: Journal
    ) throws -> Evaluator.Outcome? {
        guard let known = batch.unfinishedRun, let summary = try? journal.run(matching: known) else { return nil }
        let entries = try journal.entries(of: summary.id)
        guard let last = entries.last(where: { Self.endings.contains($0.kind) }), last.kind == .runFinished,
            let exit = last.body["exit"]?.intValue,
            exit == 0 || ([1, 3].contains(exit) && FileManager.default.fileExists(atPath: answers))
        else { return nil }
        return Evaluator.Outcome(
            exit: exit, cost: Cost(entries: entries, questions: 0), reason: last.body["reason"]?.stringValue)
    }

    /// The batch's unfinished run, or a new one.
    private static func run(
        _ batch: Evaluator.Batch, _ configuration: RunConfiguration, session: RunSession, currentDirectory: String,
        began: (String) throws -> Void
    ) throws -> Run {
        if let known = batch.unfinishedRun, let summary = try? session.services.journal.run(matching: known),
            summary.state != .done, summary.state != .cancelled
        {
            return try Run.resume(summary, configuration: configuration, services: session.services)
        }
        let id = RunID.generate()
        try began(id.description)
        return try Run.start(
            configuration, services: session.services, currentDirectory: currentDirectory, id: id)
    }
}
