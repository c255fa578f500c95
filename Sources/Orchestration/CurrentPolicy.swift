import JSONSchemas
import PolicyEngine
import RunJournal
import ToolExecution
import WorkflowFormat

/// The policy by which a recorded run would go on now.
enum CurrentPolicy {
    /// The policy of the run's workflow as it lies there now, with the inputs of the record, narrowed by the operator's.
    static func policy(
        of run: RunID, in journal: Journal, registry: ToolRegistry, operatorPolicy: OperatorPolicy?
    ) throws -> Policy {
        let summary = try journal.run(run)
        var record = DecisionRecord(run: run, parameters: summary.parameters)
        for entry in try journal.entries(of: run) { _ = try record.take(entry) }
        return try policy(
            of: summary, values: record, registry: registry, operatorPolicy: operatorPolicy)
    }

    /// The same for a record that was read already.
    static func policy(
        of summary: RunSummary, values record: DecisionRecord, registry: ToolRegistry, operatorPolicy: OperatorPolicy?
    ) throws -> Policy {
        let workflow = try Workflow.load(
            path: summary.parameters["workflow"]?.stringValue ?? "", tools: registry.definitions)
        return try Run.policy(
            workflow.policy, values: record.values, registry: registry, operatorPolicy: operatorPolicy)
    }
}
