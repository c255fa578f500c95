import Crypto
import Databases
import Foundation
import IssueTracking
import JSONSchemas
import ModelRuntime
import PolicyEngine
public import RunJournal
import ToolExecution
public import WorkflowFormat

extension Run {
    /// Starts a run: checks the inputs, records the start.
    ///
    /// `currentDirectory`: where relative paths of the command begin.
    /// `id`: the run's identifier.
    ///
    /// - Throws: `RunStartError` for what the command got wrong, `JournalError` when nothing can be recorded.
    public static func start(
        _ configuration: RunConfiguration, services: RunServices, currentDirectory: String, id: RunID = .generate()
    ) throws -> Run {
        let inputs: [String: StepResult]
        do {
            inputs = try InputResolution.resolve(
                configuration.workflow.inputs, given: configuration.inputs,
                workflowDirectory: configuration.workflow.directory, base: currentDirectory)
        } catch let halt as Halt {
            throw RunStartError(halt.reason)
        }
        let output =
            configuration.outputDirectory ?? currentDirectory + "/warrant-output/" + id.description
        let run = try Run(
            id: id, configuration: configuration, services: services, inputs: inputs, outputDirectory: output,
            recorded: RecordedRun([]))
        let parameters: JSONValue = [
            "workflow": .string(configuration.workflow.file),
            "fingerprint": .string(fingerprint(configuration.workflow)),
            "inputs": .object(
                JSONObject(configuration.inputs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "base": .string(currentDirectory), "output": .string(output), "model": .string(configuration.modelName),
            "dry_run": .bool(configuration.isDryRun), "tracker": services.tracker.identity.json,
            // What the policy was made from, so that each decision can be made again.
            "policy": .string(run.policy.version), "operator": configuration.operatorPolicy?.json ?? .null,
            "values": run.inputValues, "task": .array(run.trustedTexts.map { .string($0) }),
            "folder": .string(PathResolution.realPath(configuration.workflow.directory)),
            "directory": .string(PathResolution.realPath(output)),
        ]
        try services.journal.start(
            RunSeed(id: id, workflow: configuration.workflow.name, directory: output, parameters: parameters))
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
        // Runs from before there was a choice have none recorded; they worked with the local one.
        if let tracker = parameters["tracker"], tracker != services.tracker.identity.json {
            throw RunStartError(
                "Can't resume run `\(summary.id)`: the tracker `\(services.tracker.identity.name)` is not the one it began with; its address or project was changed since."
            )
        }
        let base = parameters["base"]?.stringValue ?? "/"
        let inputs: [String: StepResult]
        do {
            inputs = try InputResolution.resolve(
                configuration.workflow.inputs, given: configuration.inputs,
                workflowDirectory: configuration.workflow.directory, base: base)
        } catch let halt as Halt {
            throw RunStartError(halt.reason)
        }
        let entries = try services.journal.entries(of: summary.id)
        let run = try Run(
            id: summary.id, configuration: configuration, services: services, inputs: inputs,
            outputDirectory: summary.directory, recorded: RecordedRun(entries))
        let changes = run.changes(since: entries)
        if let sentence = changes.sentence { services.report(.note(sentence)) }
        try services.journal.append(.runResumed, run: summary.id, body: changes.body)
        return run
    }

    private init(
        id: RunID, configuration: RunConfiguration, services: RunServices, inputs: [String: StepResult],
        outputDirectory: String, recorded: RecordedRun
    ) throws {
        let policy = try Self.policy(
            configuration.workflow.policy, values: inputs.mapValues(\.value), registry: configuration.registry,
            operatorPolicy: configuration.operatorPolicy)
        let folder = services.stateDirectory + "/runs/" + id.description
        let tables: RunTables
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // The tables are filled again from the record; what a killed run left in them is of no use.
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: folder + "/tables.sqlite" + suffix)
            }
            tables = try RunTables(path: folder + "/tables.sqlite")
        } catch {
            throw RunStartError("Can't open the run's tables: \(error)", isStorage: true)
        }
        let report = services.report
        let environment = ToolEnvironment(
            run: id.description, started: id.created, outputDirectory: outputDirectory, tables: tables,
            tracker: services.tracker,
            sandbox: services.sandbox, draftedBy: Self.modelName(services.model),
            progress: { done, total in report(.toolProgress(done: done, total: total)) })
        self.init(
            id: id, configuration: configuration, services: services, policy: policy,
            outputDirectory: outputDirectory, inputs: inputs,
            executor: ToolExecutor(registry: configuration.registry, environment: environment), recorded: recorded)
    }

    /// The roots that `under` rules name, as real absolute paths.
    func policyRoots(for tool: String) -> [String: [String]] {
        var roots: [String: [String]] = [:]
        let scope = Scope(
            inputs: inputs,
            run: ["id": .string(id.description), "directory": .string(outputDirectory)])
        for (rule, _, template) in policy.roots(for: tool) {
            guard let value = try? scope.evaluate(template).value else { continue }
            for text in (value.arrayValue ?? [value]).compactMap(\.stringValue) {
                let path = text.hasPrefix("/") ? text : configuration.workflow.directory + "/" + text
                roots[rule, default: []].append(PathResolution.realPath(path))
            }
        }
        return roots
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
