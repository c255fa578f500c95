import ArgumentParser
import JSONSchemas
import ModelRuntime
import Orchestration
import RunJournal
import ToolExecution
import WorkflowFormat

/// `warrant resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that parked, was stopped or was killed.",
        discussion: "Nothing that is recorded is done again. Several letters of the run's identifier are enough.")

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await Output.reporting(json: options.json) {
            let surroundings = try Surroundings()
            let registry = try surroundings.registry()
            let operatorPolicy = try surroundings.operatorPolicy(registry)
            let summary = try surroundings.journal().run(matching: run)
            guard summary.state != .done, summary.state != .cancelled else {
                throw CommandFailure(
                    .badData,
                    "Can't resume run `\(summary.id)`: it is \(summary.state.rawValue); there is nothing left to do.")
            }
            let parameters = summary.parameters
            let workflow = try Workflow.load(
                path: parameters["workflow"]?.stringValue ?? "", tools: registry.definitions)
            let recorded = parameters["model"]?.stringValue ?? "default"
            let model = options.model ?? recorded
            let wasDeterministic = parameters["weights"]?["deterministic"]?.boolValue ?? false
            let session = try await RunSession(
                surroundings: surroundings, workflow: workflow, model: model,
                // What the run was started with; older records don't say who named that.
                isOperators: options.model != nil
                    || parameters["model_named"]?.boolValue ?? (recorded != workflow.model.use),
                tracker: TrackerChoice.name(in: parameters), json: options.json,
                isUnattended: options.unattended, isFresh: options.fresh,
                // A run that was begun so goes on so, but on a server, which can't promise it.
                isDeterministic: options.deterministic || (wasDeterministic && !ServerAddress.names(model)),
                withoutFirst: options.model != nil
                    ? "`--model` names the one that is asked"
                    : parameters[Run.firstMember] == nil ? "the run was begun without it" : nil
            )
            if wasDeterministic, session.services.model?.summary.isRemote == true {
                session.services.report(
                    .note(
                        "The run was begun with `--deterministic`, which no server can promise: what is asked from here on may get another answer another time."
                    ))
            }
            var inputs: [String: String] = [:]
            if let recorded = parameters["inputs"]?.objectValue {
                for (name, value) in recorded { inputs[name] = value.stringValue }
            }
            let configuration = RunConfiguration(
                workflow: workflow, inputs: inputs, outputDirectory: summary.directory,
                modelName: session.modelName, isDryRun: parameters["dry_run"]?.boolValue ?? false, registry: registry,
                operatorPolicy: operatorPolicy)
            let lease = try session.services.journal.lease(summary.id)
            defer { lease.release() }
            let resumed = try Run.resume(summary, configuration: configuration, services: session.services)
            try await session.execute(resumed, holding: lease)
        }
    }
}
