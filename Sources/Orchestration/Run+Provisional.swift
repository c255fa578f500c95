import JSONSchemas
import PolicyEngine
import Provenance
import ToolExecution
import WorkflowFormat

/// Steps after a question nobody has answered yet, or after an effect that was refused once.
///
/// The files of a run are written before it parks. For that, steps that hang on such a call are taken with what is
/// known, if they have no effect outside the run, and their results are not recorded: the resumed run takes them for good.
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
        guard let observation = try await executeUnrecorded(prepared, at: address) else {
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
        _ = try await executeUnrecorded(prepare(call.tool, call.arguments, in: scope), at: address)
    }

    /// Executes an allowed call that touches nothing but the run's own tables; `nil` when it is not allowed.
    private func executeUnrecorded(
        _ prepared: PreparedCall, at address: String
    ) async throws -> Labelled<Observation>? {
        let call = Labelled(prepared.call, label: prepared.label)
        switch policy.decide(call, in: policyContext(for: prepared, at: address)) {
        case .allow(let warrant):
            do {
                return withTables(
                    try await executor.execute(warrant, effectID: "", isResumed: false), of: prepared, at: address)
            } catch let error as ToolError where error.code == .unavailable {
                return nil
            }
        case .ask:
            return nil
        case .deny:
            return nil
        }
    }
}
