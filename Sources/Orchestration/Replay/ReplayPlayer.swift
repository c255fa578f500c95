import JSONSchemas
import ModelRuntime
import PolicyEngine
import Redaction
import RunJournal
import ToolExecution
import WorkflowFormat

/// Plays the stretches of a run one after the other.
struct ReplayPlayer {
    let run: RunID
    let gaps: Set<Int>
    let workflow: Workflow
    let registry: ToolRegistry
    /// The operator's policy of now.
    let currentPolicy: OperatorPolicy?
    let redactor: Redactor

    private(set) var comparedCount = 0
    private(set) var difference: RunDifference?
    private(set) var uncompared: [Int] = []
    /// Whether the last stretch came to its end, and the record didn't end before.
    private(set) var hasEnd = false
    /// The record so far, with what came out where a body is gone.
    private var known: [JournalEntry] = []
    private var parameters: JSONValue = .null
    private var values: JSONObject = [:]

    init(
        run: RunID, gaps: Set<Int>, workflow: Workflow, registry: ToolRegistry, currentPolicy: OperatorPolicy?,
        redactor: Redactor
    ) {
        self.redactor = redactor
        self.run = run
        self.gaps = gaps
        self.workflow = workflow
        self.registry = registry
        self.currentPolicy = currentPolicy
    }

    /// Plays one stretch; false where the record could not be gone through to its end.
    mutating func play(_ stretch: RunStretch, places: RecordedPlaces) async throws -> Bool {
        let start = stretch.start
        guard !gaps.contains(start.sequence) else {
            uncompared.append(start.sequence)
            return false
        }
        if start.kind == .runStarted { parameters = start.body["parameters"] ?? .null }
        let facts = start.kind == .runStarted ? parameters : start.body
        values = facts["values"]?.objectValue ?? values
        guard let weights = facts["weights"] else {
            throw DecisionReplayError(
                run, "entry \(start.sequence) was recorded before runs could be played again",
                fix: "Its decisions alone can be made again by a policy that is named with `--policy`.")
        }
        // What the operator asks for now may not be what was replaced then.
        let redactor = redactor.floor.requesting(recordedIn: parameters)
        let world = RecordedWorld(
            tape: (start.kind == .runResumed ? [start] : []) + stretch.own, gaps: gaps, places: places,
            model: ModelDescription(json: weights),
            first: facts[Run.firstMember].flatMap { ModelDescription(json: $0) }, redactor: redactor,
            registry: registry,
            base: parameters["base"]?.stringValue ?? "/", startedAt: start.wallNanoseconds)
        let operatorPolicy = try operatorPolicy(facts["operator"] ?? .null, start)
        let configuration = configuration(operatorPolicy)
        let inputs: [String: StepResult]
        do {
            var redaction = InputRedaction(redactor.requesting(workflow))
            inputs = try redaction.values(
                InputResolution.recorded(workflow.inputs, values: values, given: configuration.inputs),
                for: workflow.inputs)
        } catch let halt as Halt {
            return stop(at: start, because: halt.reason)
        } catch let error as RunStartError {
            return stop(at: start, because: error.description)
        }
        let run: Run
        do {
            run = try Run(
                id: self.run, configuration: configuration, services: world, inputs: inputs,
                outputDirectory: configuration.outputDirectory ?? "/", recorded: RecordedRun(known))
        } catch {
            throw DecisionReplayError(self.run, "the policy does not fit it: \(error)")
        }
        try requireSamePolicy(as: facts, run.policy, start)
        let isThrough = try await take(run, start, world)
        comparedCount += world.comparedCount
        uncompared += world.passedGaps
        let bodies = world.filledBodies
        known += ([start] + stretch.all).map { entry in bodies[entry.sequence].map { entry.with(body: $0) } ?? entry }
        return isThrough
    }

    /// The operator's policy of a stretch, as it was recorded: what decided then, and not what would now.
    private func operatorPolicy(_ recorded: JSONValue, _ start: JournalEntry) throws -> OperatorPolicy? {
        guard !recorded.isNull else { return nil }
        let found: OperatorPolicy?
        do throws(WorkflowErrors) {
            found = try OperatorPolicy(recorded: recorded, current: currentPolicy, tools: registry.definitions)
        } catch {
            throw DecisionReplayError(
                run,
                "the operator's policy that decided from entry \(start.sequence) on does not fit the tools of now "
                    + "(\(error.description))",
                fix: "Tools come with Warrant: replay the run with the version that made it.")
        }
        guard let found else {
            let hash = recorded["sha256"]?.stringValue ?? ""
            throw DecisionReplayError(
                run,
                "the operator's policy that decided from entry \(start.sequence) on (SHA-256 `\(hash.prefix(12))`) "
                    + "does not stand in its record, and the one of now is another",
                fix: "Put the file of then back, or make the decisions alone again with `--policy`.")
        }
        return found
    }

    private func configuration(_ operatorPolicy: OperatorPolicy?) -> RunConfiguration {
        var given: [String: String] = [:]
        for (name, value) in parameters["inputs"]?.objectValue ?? [:] { given[name] = value.stringValue }
        return RunConfiguration(
            workflow: workflow, inputs: given, outputDirectory: parameters["output"]?.stringValue,
            modelName: parameters["model"]?.stringValue ?? "", isDryRun: parameters["dry_run"]?.boolValue ?? false,
            registry: registry, operatorPolicy: operatorPolicy,
            calibration: parameters[Calibration.member].flatMap { Calibration(json: $0) },
            firstCalibration: parameters[Run.firstCalibrationMember].flatMap { Calibration(json: $0) })
    }

    /// Decisions by another policy would be others, and say nothing about the record. Workflow and operator's policy are
    /// those of then, so that only what the tools' manifests say can differ.
    private func requireSamePolicy(as facts: JSONValue, _ policy: Policy, _ start: JournalEntry) throws {
        let recorded = facts["policy"]?.stringValue ?? ""
        guard recorded != policy.version else { return }
        throw DecisionReplayError(
            run,
            "from entry \(start.sequence) on it was decided by the policy `\(recorded.prefix(12))`, and with the "
                + "tools of now it is `\(policy.version.prefix(12))`: a tool's manifest was changed since",
            fix: "Manifests come with Warrant: replay the run with the version that made it, or make the decisions "
                + "alone again with `--policy`.")
    }

    private mutating func take(_ run: Run, _ start: JournalEntry, _ world: RecordedWorld) async throws -> Bool {
        hasEnd = false
        do {
            if start.kind == .runStarted {
                if let found = startDifference(start, run) { throw ReplayStop.difference(found) }
                comparedCount += 1
            } else {
                try run.recordResumption(since: known)
            }
            _ = try await run.execute()
            guard let rest = world.next else {
                hasEnd = true
                return true
            }
            throw ReplayStop.difference(RunDifference(rest, instead: "the run has ended before it"))
        } catch ReplayStop.recordEnds {
            return true
        } catch ReplayStop.difference(let found) {
            difference = found
        } catch ReplayStop.missing(let sequence) {
            uncompared.append(sequence)
        }
        return false
    }

    private mutating func stop(at entry: JournalEntry, because reason: String) -> Bool {
        let text = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        difference = RunDifference(entry, instead: text)
        return false
    }

    /// What of a start can be worked out from the rest of it.
    private func startDifference(_ start: JournalEntry, _ run: Run) -> RunDifference? {
        var expected = parameters.objectValue ?? [:]
        expected["values"] = run.inputValues
        expected["task"] = .array(run.trustedTexts.map { .string($0) })
        expected["operator"] = run.configuration.operatorPolicy?.json ?? .null
        let written = JournalEntryDraft(
            .runStarted,
            body: [
                "workflow": .string(workflow.name), "directory": parameters["output"] ?? .null,
                "parameters": .object(expected),
            ]
        ).guarded(by: redactor.floor)
        return RunDifference(start, facts: start.facts, comesOutAs: JournalEntry.facts(of: written.body))
    }

    /// What the run replaced in the workflow's own texts and can't be replaced alike here, in a sentence; nil where all
    /// of it can.
    var missingSecrets: String? {
        let recorded = parameters["redaction"]
        if let key = recorded?["key"]?.stringValue, key != redactor.keyName {
            return "The redaction key is another one than the run's, so that the same values get other tokens."
        }
        let known = redactor.secretNames
        var names: [String] = []
        for (name, mark) in recorded?["secrets"]?.objectValue ?? [:] where known[name] != mark.stringValue {
            names.append("`\(name)`")
        }
        guard !names.isEmpty else { return nil }
        return "The run replaced what \(names.joined(separator: ", ")) held; that is not set here, or is another value."
    }
}
