import JSONSchemas
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import ToolExecution
import WorkflowFormat

/// Steps after a question nobody has answered yet, or after an effect that was refused once.
///
/// The files of a run are written before it parks. For that, steps that hang on such a call are taken with what is known,
/// if they have no effect outside the run, and their results are recorded as provisional: the resumed run takes them for
/// good.
extension Run {
    /// Whether a call hangs on an open question or on an effect that is tried once more, directly or through the run's tables.
    func isProvisional(_ prepared: PreparedCall) -> Bool {
        if prepared.isProvisional { return true }
        return tablesAreProvisional && configuration.registry.usesRunTables(prepared.call)
    }

    func performProvisionally(_ prepared: PreparedCall, at address: String) async throws -> StepResult {
        let registry = configuration.registry
        let isPure = registry.definition(prepared.call.tool)?.effect == .pure
        let fillsTables = registry.fillsRunTables(prepared.call.tool)
        guard isPure || fillsTables else {
            leftOutCount += 1
            return StepResult(["state": "proposed"], label: prepared.label, isProvisional: true)
        }
        tablesAreProvisional = tablesAreProvisional || fillsTables
        guard let observation = try await executeUnrecorded(prepared, at: address, as: .provisional) else {
            leftOutCount += 1
            return StepResult(["state": "denied"], label: prepared.label, isProvisional: true)
        }
        switch observation.value.outcome {
        case .succeeded(let value): return StepResult(value, labels: observation.fields, isProvisional: true)
        // A statement that can't be read is as wrong now as it is after the answers.
        case .failed(let failure): throw Halt(Self.outcome(of: failure), failure.message)
        }
    }

    /// Brings the run's tables to where the record says they are: they live outside the journal.
    func rebuild(_ step: StepDefinition, at address: String, in scope: Scope) async throws {
        guard case .call(let call) = step.kind, configuration.registry.fillsRunTables(call.tool) else { return }
        _ = try await executeUnrecorded(prepare(call.tool, call.arguments, in: scope), at: address, as: .rebuilding)
    }

    /// Executes an allowed call that touches nothing but the run's own tables; `nil` when it is not allowed.
    ///
    /// For a file of a run that waits it is put on record what was decided and what came back, as what it is: a resumed
    /// run makes the call again, for good.
    private func executeUnrecorded(
        _ prepared: PreparedCall, at address: String, as use: CallUse
    ) async throws -> Labelled<Observation>? {
        let call = Labelled(prepared.call, label: prepared.label)
        let context = policyContext(for: prepared, at: address)
        let verdict = policy.decide(call, in: context)
        var more: JSONObject = [
            "tool": .string(prepared.call.tool), "arguments": .object(prepared.call.arguments),
            "label": prepared.label.toJSON(), "labels": Label.toJSON(prepared.argumentLabels),
        ]
        let observation: Labelled<Observation>?
        let decided: (PolicyDecision, rule: String, sentence: String)
        switch consume verdict {
        case .allow(let warrant):
            decided = (.allow, warrant.rule, warrant.sentence)
            let started = ContinuousClock.now
            do {
                let (seen, tally) = redacted(try await services.execute(warrant, as: use))
                observation = withTables(seen, of: prepared, at: address)
                for (name, value) in Self.counts(tally) { more[name] = value }
            } catch let error as ToolError where error.code == .unavailable {
                observation = nil
                more["unavailable"] = .string(redactor.redact(error.description))
            }
            times.add(.tools, since: started)
        case .ask(let request): (decided, observation) = ((.ask, request.rule, request.sentence), nil)
        case .deny(let denial): (decided, observation) = ((.deny, denial.rule, denial.sentence), nil)
        }
        guard case .provisional = use else { return observation }
        if let observation {
            more["observation"] = observation.value.toJSON()
            more["fields"] = observation.fields.toJSON()
        }
        let draft = decision(decided.0, rule: decided.rule, decided.sentence, on: prepared, in: context, more: more)
        try record([JournalEntryDraft(.provisionalObserved, step: address, body: draft.body)])
        return observation
    }
}
