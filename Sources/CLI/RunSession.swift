import ArgumentParser
import Foundation
import IssueTracking
import JSONSchemas
import ModelRuntime
import Orchestration
import PolicyEngine
import Redaction
import RunJournal
import SandboxExecution
import WorkflowFormat

/// Everything around one execution: services, progress, interruption, the verdict and its exit code.
struct RunSession {
    let services: RunServices
    let modelName: String
    private let display: ProgressDisplay
    private let isJSON: Bool

    /// `withoutFirst`: why the smaller model that the workflow may name isn't asked first; nil to ask it.
    init(
        surroundings: Surroundings, workflow: Workflow, model name: String, isOperators: Bool,
        tracker: String = TrackerChoice.local,
        json: Bool,
        isUnattended: Bool,
        isFresh: Bool,
        isDeterministic: Bool = false,
        withoutFirst reason: String? = nil
    ) async throws {
        isJSON = json
        modelName =
            name.hasPrefix("scripted:")
            ? "scripted:" + Surroundings.absolute(String(name.dropFirst("scripted:".count))) : name
        let display = ProgressDisplay(isJSON: json)
        self.display = display
        try surroundings.prepareHome()
        let tracker = try TrackerChoice.open(tracker, in: surroundings)
        let redactor = try surroundings.redactor()
        let journal = try surroundings.journal(redactor: redactor, mayBegin: true)
        var model: (any Model)?
        var first: (any Model)?
        if workflow.usesModel {
            let catalog = ModelCatalog()
            if let small = workflow.model.first, let reason {
                display.report(.note("`\(small)` is not asked first: \(reason)."))
            }
            try WorkflowCheck.checkFirstModel(of: workflow)
            let small = reason == nil ? workflow.model.first : nil
            if let memory = workflow.model.memoryByteCount {
                try catalog.requireRoom(
                    in: memory, for: [small, modelName].compactMap(\.self), contextTokenLimit: workflow.model.context)
            }
            if let small {
                first = try await catalog.open(
                    small, contextTokenLimit: workflow.model.context, parallelLimit: workflow.widestLoop,
                    isDeterministic: isDeterministic
                ) { display.report(.note(redactor.requesting(workflow).redact($0))) }
            }
            model = try await catalog.open(
                modelName, contextTokenLimit: workflow.model.context, parallelLimit: workflow.widestLoop,
                isDeterministic: isDeterministic, isOperators: isOperators
            ) { display.report(.note(redactor.requesting(workflow).redact($0))) }
        }
        if model?.summary.isRemote == true, workflow.hasConfidenceLimits {
            display.report(
                .note(
                    "A server doesn't tell how sure its model is: every field of its answers with a `min_confidence` or `min_margin` above 0 goes to a person."
                ))
        }
        let inbox: any ApprovalInbox =
            Terminal.inputIsTerminal && !json && !isUnattended
            ? TerminalInbox(display: display, journal: journal, registry: try surroundings.registry()) : AbsentInbox()
        services = RunServices(
            journal: journal, model: model, first: first, withoutFirst: reason,
            memory: workflow.usesModel
                ? Self.memory(
                    surroundings.answersPath, isFresh: isFresh, redactor: redactor.requesting(workflow)) : nil,
            inbox: inbox, tracker: tracker, sandbox: SandboxExecutor(), stateDirectory: surroundings.home,
            redactor: redactor,
            report: { display.report($0) })
    }

    /// The answers of earlier runs. They only save time, so a run goes on where they can't be opened.
    private static func memory(_ path: String, isFresh: Bool, redactor: Redactor) -> RememberedAnswers? {
        do {
            return RememberedAnswers(try AnswerStore(path: path, redactor: redactor), isFresh: isFresh)
        } catch {
            Output.message("\(error)")
            return nil
        }
    }

    /// Executes `run` to its verdict, prints it, and ends the command with the verdict's exit code.
    func execute(_ run: Run, holding held: RunLease? = nil) async throws {
        let lease = try held ?? services.journal.lease(run.id)
        defer { lease.release() }
        if isJSON {
            Output.result(["type": "run", "run": .string(run.id.description)])
        } else {
            Output.message("run \(run.id)")
        }
        let verdict: RunVerdict
        do {
            verdict = try await take(run)
        } catch {
            // Standard error ends up in logs: it is a record too.
            let failure = CommandFailure(error)
            throw CommandFailure(failure.code, services.redactor.redact(failure.description))
        }
        show(verdict)
        throw ExitCode(verdict.exitCode)
    }

    /// Executes `run` to its verdict; Ctrl-C cancels it.
    private func take(_ run: Run) async throws -> RunVerdict {
        let task = Task { try await run.execute() }
        let interruption = Interruption(cancelling: task)
        defer { interruption.stop() }
        let verdict = try await task.value
        display.clear()
        return verdict
    }

    /// Executes `run` to its verdict, holding its lease, and says nothing of it.
    func takeQuietly(_ run: Run) async throws -> RunVerdict {
        let lease = try services.journal.lease(run.id)
        defer { lease.release() }
        return try await take(run)
    }

    private func show(_ verdict: RunVerdict) {
        guard !isJSON else {
            Output.result(verdict.json)
            return
        }
        Output.message(display.summary())
        if let reason = verdict.reason, verdict.outcome != .parked { Output.message(Terminal.visible(reason)) }
        switch verdict.outcome {
        case .done: break
        case .parked:
            Output.message(
                """
                \(verdict.waiting.count) question\(verdict.waiting.count == 1 ? "" : "s") for a person:
                  warrant approvals                     shows them
                  warrant approve \(verdict.run) STEP   or: warrant deny \(verdict.run) STEP --why TEXT
                  warrant resume \(verdict.run)
                """)
        case .budgetExhausted, .cancelled, .ioFailure, .unavailable, .tryAgain:
            Output.message("go on with: warrant resume \(verdict.run)")
        default: Output.message("see: warrant show \(verdict.run)")
        }
        Output.result("\(verdict.outcome.rawValue) \(verdict.run) \(verdict.outputDirectory)")
    }
}
