import Crypto
import Databases
import Foundation
import IssueTracking
import JSONSchemas
import ModelRuntime
import PolicyEngine
import Redaction
public import RunJournal
import ToolExecution
public import WorkflowFormat

extension Run {
    /// What a run's parameters call the smaller model that readings ask before its own.
    public static let firstMember = "first_weights"
    /// What they call the temperatures of that model.
    public static let firstCalibrationMember = "first_calibration"

    /// Starts a run: checks the inputs, records the start.
    ///
    /// `currentDirectory`: where relative paths of the command begin.
    /// `id`: the run's identifier.
    ///
    /// - Throws: `RunStartError` for what the command got wrong, `JournalError` when nothing can be recorded.
    public static func start(
        _ configuration: RunConfiguration, services: RunServices, currentDirectory: String, id: RunID = .generate()
    ) throws -> Run {
        try requireFirst(of: configuration.workflow, in: services)
        let (configuration, inputs, redaction) = try redactedInputs(
            configuration, services: services, base: currentDirectory)
        let output =
            configuration.outputDirectory ?? currentDirectory + "/warrant-output/" + id.description
        try redaction.refuse(output, "the output folder")
        try redaction.refuse(configuration.workflow.file, "the workflow")
        try redaction.refuse(configuration.modelName, "the model")
        let world = try LiveWorld(
            run: id, services: services.reporting(through: redaction.redactor), registry: configuration.registry,
            outputDirectory: output)
        let run = try Run(
            id: id, configuration: configuration, services: world, inputs: inputs, outputDirectory: output,
            recorded: RecordedRun([]))
        var parameters: JSONObject = [
            "workflow": .string(configuration.workflow.file),
            "fingerprint": .string(fingerprint(configuration.workflow)),
            "inputs": .object(
                JSONObject(configuration.inputs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "base": .string(currentDirectory), "output": .string(output), "model": .string(configuration.modelName),
            // Whether whoever ran it named the model: only then does a server that is asked later get the key.
            "model_named": .bool(configuration.isModelOperators),
            "weights": world.model?.json ?? .null,
            "dry_run": .bool(configuration.isDryRun), "tracker": services.tracker.identity.json,
            // What the policy was made from, so that each decision can be made again.
            "policy": .string(run.policy.version), "operator": configuration.operatorPolicy?.json ?? .null,
            "values": run.inputValues, "task": .array(run.trustedTexts.map { .string($0) }),
            "folder": .string(PathResolution.realPath(configuration.workflow.directory)),
            "directory": .string(PathResolution.realPath(output)),
            "redaction": [
                "classes": .array(redaction.redactor.added.map { .string($0.name) }),
                "key": .string(redaction.redactor.keyName), "redacted": redaction.tally.json,
                "secrets": .object(
                    JSONObject(
                        redaction.redactor.secretNames.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ],
        ]
        // A run keeps the temperatures that it began with.
        if let calibration = configuration.calibration { parameters[Calibration.member] = calibration.json }
        if let first = world.first { parameters[Self.firstMember] = first.json }
        if let calibration = configuration.firstCalibration {
            parameters[Self.firstCalibrationMember] = calibration.json
        }
        let started = try services.journal.start(
            RunSeed(
                id: id, workflow: configuration.workflow.name, directory: output, parameters: .object(parameters)))
        world.begin(at: started.startedNanoseconds)
        return run
    }

    /// Goes on with a recorded run.
    ///
    /// - Throws: `RunStartError` when the workflow changed since or the record is unusable.
    public static func resume(
        _ summary: RunSummary, configuration: RunConfiguration, services: RunServices
    ) throws -> Run {
        let parameters = summary.parameters
        guard parameters["fingerprint"]?.stringValue == fingerprint(configuration.workflow) else {
            throw RunStartError(
                "Can't resume run `\(summary.id)`: the workflow was changed since. Start a new run, or put the old files back."
            )
        }
        try requireFirst(of: configuration.workflow, in: services)
        // Runs from before there was a choice have none recorded; they worked with the local one.
        if let tracker = parameters["tracker"], tracker != services.tracker.identity.json {
            throw RunStartError(
                "Can't resume run `\(summary.id)`: the tracker `\(services.tracker.identity.name)` is not the one it began with; its address or project was changed since."
            )
        }
        let base = parameters["base"]?.stringValue ?? "/"
        let (configuration, inputs, redaction) = try redactedInputs(
            configuration.with(
                calibration: parameters[Calibration.member].flatMap { Calibration(json: $0) },
                first: parameters[Self.firstCalibrationMember].flatMap { Calibration(json: $0) }),
            services: services, base: base)
        if let key = parameters["redaction"]?["key"]?.stringValue, key != redaction.redactor.keyName {
            services.report(
                .note("The redaction key is another one than before: the same values get other tokens from here on."))
        }
        let entries = try services.journal.entries(of: summary.id)
        guard !entries.contains(where: { $0.kind == .undoBegun }) else {
            throw RunStartError(
                "Can't resume run `\(summary.id)`: what it did to files was undone, and it would go on as if it wasn't. Start a new run."
            )
        }
        if let erased = entries.first(where: \.isErased) {
            throw RunStartError(
                "Can't resume run `\(summary.id)`: what entry \(erased.sequence) held was removed by `warrant prune`. Start a new run."
            )
        }
        let world = try LiveWorld(
            run: summary.id, services: services.reporting(through: redaction.redactor),
            registry: configuration.registry, outputDirectory: summary.directory)
        let run = try Run(
            id: summary.id, configuration: configuration, services: world, inputs: inputs,
            outputDirectory: summary.directory, recorded: RecordedRun(entries))
        for sentence in uselessCalibrations(of: configuration, services) { services.report(.note(sentence)) }
        if let sentence = clockSentence(after: entries, now: services.journal.nowNanoseconds) {
            services.report(.note(sentence))
            try services.journal.append(.note, run: summary.id, body: ["sentence": .string(sentence)])
        }
        try run.recordResumption(since: entries)
        return run
    }

    /// Nobody would notice a smaller model that is left out by mistake: the answers only take longer.
    private static func requireFirst(of workflow: Workflow, in services: RunServices) throws(RunStartError) {
        guard let first = workflow.model.first, services.first == nil, services.withoutFirst == nil else { return }
        throw RunStartError(
            "Can't take workflow `\(workflow.name)`: it asks `\(first)` first, which isn't loaded, and nothing says why."
        )
    }

    /// What the command gave, and the inputs' values, with what must not be recorded replaced. A resumed run begins with
    /// the recorded texts, in which nothing is left to replace.
    private static func redactedInputs(
        _ configuration: RunConfiguration, services: RunServices, base: String
    ) throws -> (RunConfiguration, [String: StepResult], InputRedaction) {
        let workflow = configuration.workflow
        var redaction = InputRedaction(services.redactor.requesting(workflow))
        try redaction.refuse(base, "the current folder")
        let configuration = configuration.with(
            inputs: try redaction.texts(configuration.inputs, for: workflow.inputs), redactedBy: redaction.redactor)
        let inputs: [String: StepResult]
        do {
            inputs = try InputResolution.resolve(
                workflow.inputs, given: configuration.inputs, workflowDirectory: workflow.directory, base: base)
        } catch let halt as Halt {
            throw RunStartError(halt.reason)
        }
        return (configuration, try redaction.values(inputs, for: workflow.inputs), redaction)
    }

    /// What is said where a run goes on with other weights than its temperatures were fitted on.
    private static func uselessCalibrations(of configuration: RunConfiguration, _ services: RunServices) -> [String] {
        [(configuration.calibration, services.model), (configuration.firstCalibration, services.first)]
            .compactMap { calibration, model -> String? in
                guard let calibration, let model = model?.summary,
                    calibration.made(with: calibrationKey(of: model)) == nil
                else { return nil }
                return "The temperatures that the run began with were fitted on other weights than those of "
                    + "`\(model.name)`; they are ignored."
            }
    }

    /// What is said where this machine's clock stands before the time of the latest entry: order comes from sequence
    /// numbers, and answers from the future count for nothing, but a person who reads the record should know. A clock
    /// that was set forward can't be told from time that passed.
    private static func clockSentence(after entries: [JournalEntry], now: Int64) -> String? {
        guard let last = entries.max(by: { $0.wallNanoseconds < $1.wallNanoseconds }),
            now < last.wallNanoseconds - 1_000_000_000
        else { return nil }
        let seconds = (last.wallNanoseconds - now) / 1_000_000_000
        return "this machine's clock is \(seconds) s behind the latest entry of the run (\(last.timestamp))"
    }

    /// Records that the run goes on, and by what.
    nonisolated func recordResumption(since entries: [JournalEntry]) throws {
        let changes = changes(since: entries)
        if let sentence = changes.sentence { services.report(.note(sentence)) }
        _ = try services.append([JournalEntryDraft(.runResumed, body: changes.body)], run: id)
    }

    init(
        id: RunID, configuration: RunConfiguration, services: any RunWorld, inputs: [String: StepResult],
        outputDirectory: String, recorded: RecordedRun
    ) throws(RunStartError) {
        let policy = try Self.policy(
            configuration.workflow.policy, values: inputs.mapValues(\.value), registry: configuration.registry,
            operatorPolicy: configuration.operatorPolicy)
        self.init(
            id: id, configuration: configuration, services: services, policy: policy,
            outputDirectory: outputDirectory, inputs: inputs, recorded: recorded)
    }

    /// The roots that `under` rules name, as real absolute paths.
    func policyRoots(for tool: String, at address: String) -> [String: [String]] {
        var roots: [String: [String]] = [:]
        let scope = Scope(
            inputs: inputs,
            run: ["id": .string(id.description), "directory": .string(outputDirectory)])
        for (rule, _, template) in policy.roots(for: tool) {
            guard let value = try? scope.evaluate(template).value else { continue }
            for text in (value.arrayValue ?? [value]).compactMap(\.stringValue) {
                let path = text.hasPrefix("/") ? text : configuration.workflow.directory + "/" + text
                roots[rule, default: []].append(path)
            }
        }
        return roots.isEmpty ? [:] : services.resolved(roots, at: address)
    }

    /// The lists that `commands` rules name; one that wasn't given is left out.
    func policyLists(for tool: String) -> [String: [String]] {
        var lists: [String: [String]] = [:]
        let scope = Scope(inputs: inputs, run: [:])
        for (rule, template) in policy.lists(for: tool) {
            guard let list = try? scope.evaluate(template).value.arrayValue else { continue }
            lists[rule] = list.compactMap(\.stringValue)
        }
        return lists
    }

    /// A hash over everything in the workflow that decides what a run does.
    public static func fingerprint(_ workflow: Workflow) -> String {
        var hash = SHA256()
        hash.update(data: Array(workflow.sourceText.utf8))
        for text in workflow.includedTexts {
            hash.update(data: [0])
            hash.update(data: Array(text.utf8))
        }
        return hash.finalize().hexadecimal
    }
}
