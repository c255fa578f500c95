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
    let suite: Suite
    let directory: String
    let workflowPath: String?
    let isRemembering: Bool
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
        let session = try await RunSession(
            surroundings: surroundings, workflow: workflow, model: name ?? workflow.model.use, json: isJSON,
            isUnattended: true, isFresh: !isRemembering)
        let evaluator = Evaluator(
            suite, directory: directory,
            subject: [
                "workflow": .string(workflow.file), "version": .string(Run.fingerprint(workflow)),
                "model": .string(Run.modelName(session.services.model)), "items": .integer(suite.gold.count),
            ])
        let perform = { (batch: Evaluator.Batch, began: (String) throws -> Void) in
            if !isJSON, batch.count > 1 { Output.message("batch \(batch.index + 1) of \(batch.count)") }
            let configuration = RunConfiguration(
                workflow: workflow, inputs: batch.inputs, outputDirectory: batch.output,
                modelName: session.modelName, isDryRun: false, registry: registry, operatorPolicy: operatorPolicy)
            let run = try Self.run(
                batch, configuration, session: session, currentDirectory: definition.directory, began: began)
            let clock = ContinuousClock()
            let start = clock.now
            let tokens = session.tokensSpent
            let verdict = try await session.takeQuietly(run)
            var cost = Cost()
            cost.runs = 1
            cost.tokens = session.tokensSpent - tokens
            cost.seconds = (clock.now - start) / .seconds(1)
            cost.questions = verdict.waiting.count
            return Evaluator.Outcome(exit: Int(verdict.exitCode), cost: cost)
        }
        return try await evaluator.run(perform) { argv, input in
            try await score(argv, input: input)
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
